/**
 * What a task costs, in images that go through the network: a photo is one, but each of its views (PH2) or crops (EV1) is one of
 * its own. Leases, paces and shares count by it, on both sides.
 */
import type { RunDescription, Task } from './messages.ts'
import type { PhaseConfig } from './run-config.ts'

export function imagesOf(task: Task, { evaluation }: Pick<PhaseConfig, 'evaluation'>): number {
  switch (task.kind) {
    case 'gradient':
      return photosIn(task)
    case 'evaluate':
      return photosIn(task) * (evaluation?.crops ?? 1)
    case 'extract-features':
      return photosIn(task) * task.views
  }
}

/** What a task is computed from: a pace that was measured on one says nothing of the other. */
export const MATERIALS = ['photos', 'features'] as const
export type Material = (typeof MATERIALS)[number]

export function materialOf({ train }: Pick<RunDescription, 'train'>, kind: Task['kind']): Material {
  return kind === 'gradient' && train === 'head' ? 'features' : 'photos'
}

export function photosIn({ entries }: Pick<Task, 'entries'>): number {
  return entries.reduce((sum, { samples }) => sum + samples.length, 0)
}
