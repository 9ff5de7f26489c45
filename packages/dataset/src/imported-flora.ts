/** What every importer answers: the flora, what was left out, and what its owner should know. */
import type { Manifest } from './manifest.ts'

export type Skipped = {
  /** Relative to the folder, with `/`. */
  path: string
  /** In words: what is wrong with it. */
  reason: string
}

export type ImportProgress = { done: number; total: number }

export type ImportedFlora = {
  manifest: Manifest
  /** In the order of their paths. */
  skipped: Skipped[]
  /** Whole sentences. */
  warnings: string[]
}
