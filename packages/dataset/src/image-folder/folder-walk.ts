/** All files of a folder, in an order that does not depend on the disk. Hidden files are left out; links may not lead outside. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Skipped } from '../imported-flora.ts'

export type FoundFile = {
  /** Relative to the folder, with `/`, in Unicode's composed form (macOS stores the other). */
  path: string
  /** Where it lies on this machine. */
  place: string
  bytes: number
}

export type FolderContents = { files: FoundFile[]; skipped: Skipped[] }

export async function walkFolder(folder: string): Promise<FolderContents> {
  const contents: FolderContents = { files: [], skipped: [] }
  const root = await realpath(folder)
  await walk({ root, place: root, path: '' }, contents)
  contents.files.sort((a, b) => comparePaths(a.path, b.path))
  return contents
}

/** By code units: the same on every machine, whatever its language. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

type Visit = { root: string; place: string; path: string }

async function walk(visit: Visit, contents: FolderContents): Promise<void> {
  let entries: Dirent[]
  try {
    entries = await readdir(visit.place, { withFileTypes: true })
  } catch {
    contents.skipped.push({ path: visit.path, reason: 'this folder cannot be read' })
    return
  }
  for (const entry of entries) {
    const place = join(visit.place, entry.name)
    const path = (visit.path === '' ? entry.name : `${visit.path}/${entry.name}`).normalize('NFC')
    if (entry.name.startsWith('.')) contents.skipped.push({ path, reason: 'hidden' })
    else if (entry.isDirectory()) await walk({ root: visit.root, place, path }, contents)
    else await visitFile({ root: visit.root, place, path }, entry, contents)
  }
}

async function visitFile(
  { root, place, path }: Visit,
  entry: Dirent,
  contents: FolderContents,
): Promise<void> {
  try {
    if (entry.isSymbolicLink() && !(await realpath(place)).startsWith(root + sep)) {
      contents.skipped.push({ path, reason: 'a link that leads outside the folder' })
      return
    }
    const facts = await stat(place)
    if (facts.isFile()) contents.files.push({ path, place, bytes: facts.size })
    else if (facts.isDirectory())
      contents.skipped.push({ path, reason: 'a link to a folder; links to folders are not followed' })
    else contents.skipped.push({ path, reason: 'neither a file nor a folder' })
  } catch {
    contents.skipped.push({ path, reason: 'cannot be read (a link that leads nowhere?)' })
  }
}
