/** What a photo's path says of it: a folder per species, or `train`, `val` and `test` folders with those below. */
import type { Split } from '@worldflora/protocol/evaluation'

export type PlaceInFolder = { species: string; split: Split | null }

const SPLIT_NAMES = new Map<string, Split>([
  ['train', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
])

/** The split of that name, in any case; null for an empty name. */
export function parseSplit(name: string): Split | null | 'invalid' {
  if (name === '') return null
  return SPLIT_NAMES.get(name.toLowerCase()) ?? 'invalid'
}

/** Answers with a reason where a photo lies in no species' folder. */
export function readLayout(paths: string[]): (path: string) => PlaceInFolder | string {
  const splitFirst = paths.some((path) => /^train\//i.test(path))
  return (path) => {
    const folders = path.split('/').slice(0, -1)
    if (!splitFirst) {
      return folders[0] === undefined ? "lies in no species' folder" : { species: folders[0], split: null }
    }
    const split = parseSplit(folders[0] ?? '')
    if (split === null || split === 'invalid') return 'lies outside the folders train, val and test'
    return folders[1] === undefined ? "lies in no species' folder" : { species: folders[1], split }
  }
}

/** `aloe-vera` -> `Aloe vera`. A name that has spaces is left as it is, but for its first letter. */
export function prettifyFolderName(name: string): string {
  const spaced = /\s/.test(name) ? name : name.replace(/[-_]+/g, ' ')
  const trimmed = spaced.trim() || name
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
}
