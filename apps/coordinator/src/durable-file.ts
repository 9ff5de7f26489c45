/** Files that are whole or absent, whenever the machine stops: written aside, synced, renamed, the folder synced. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Calls `write` with a new file beside `path`; what it wrote then appears under `path`, replacing what was there. */
export async function writeDurably(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mode = 0o644,
): Promise<void> {
  const aside = await writeAside(path, write, mode)
  try {
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** The same, but false if there is something under `path` already: it stays. */
export async function createDurably(path: string, text: string, mode: number): Promise<boolean> {
  const aside = await writeAside(path, (file) => file.writeFile(text), mode)
  try {
    await link(aside, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

export const ASIDE = '.writing'

async function writeAside(path: string, write: (file: FileHandle) => Promise<void>, mode: number) {
  const aside = `${path}.${randomBytes(6).toString('hex')}${ASIDE}`
  const file = await open(aside, 'wx', mode)
  try {
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
  return aside
}

export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for syncing; its renames are journaled.
  const handle = await open(folder, 'r').catch(() => null)
  if (handle === null) return
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
