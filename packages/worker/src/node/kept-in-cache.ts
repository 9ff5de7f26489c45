/** A text in the user's cache folder, for what is remembered of a machine. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { KeptText } from '../session/trial-memory.ts'

export function keptInCache(name: string): KeptText {
  const path = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'worldflora', name)
  return {
    read: () => readFileSync(path, 'utf8'),
    write(text) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    },
  }
}
