/**
 * Pictures that show no plant, of other kinds than the check was fitted on: photos, screenshots, drawings and textures from Debian's packages,
 * fetched by apt-get and read where they are; each was looked at (others.json names them). Nothing of them is kept.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type OtherPicture = { kind: string; bytes: Uint8Array }

/** Kind, package, files. */
type Listed = Record<string, Record<string, { under: string; files: string[] }>>

/** `unpacked`: a folder in which the packages are unpacked already; else they are fetched. */
export async function otherPictures(
  unpacked: string | null,
  say: (line: string) => void,
): Promise<OtherPicture[]> {
  const listed = JSON.parse(await readFile(new URL('others.json', import.meta.url), 'utf8')) as Listed
  const scratch = await mkdtemp(join(tmpdir(), 'worldflora-others-'))
  try {
    const root = unpacked ?? (await fetchPackages(packagesOf(listed), scratch, say))
    const pictures: OtherPicture[] = []
    for (const [kind, packages] of Object.entries(listed)) {
      for (const { under, files } of Object.values(packages)) {
        for (const file of files) pictures.push({ kind, bytes: await readFile(join(root, under, file)) })
      }
    }
    return pictures
  } finally {
    await rm(scratch, { recursive: true })
  }
}

function packagesOf(listed: Listed): string[] {
  return [...new Set(Object.values(listed).flatMap(Object.keys))].sort()
}

async function fetchPackages(names: readonly string[], scratch: string, say: (line: string) => void) {
  const root = join(scratch, 'root')
  await mkdir(root)
  for (const name of names) {
    say(`fetching ${name}`)
    await run('apt-get', ['download', name], { cwd: scratch })
    await run('sh', ['-c', `dpkg-deb -x ${name}_*.deb root`], { cwd: scratch })
  }
  return root
}
