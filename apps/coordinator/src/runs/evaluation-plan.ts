/** When a run's checkpoints are measured, and how the photos of a split are cut into tasks. */
import type { Manifest, ShardRef } from '@worldflora/dataset/manifest'
import type { Split } from '@worldflora/protocol/evaluation'
import type { ShardEntries } from '@worldflora/protocol/messages'
import { type EpochMoment, isMilestone } from './retention.ts'

/** Photos in one task, unless one observation has more. */
const PHOTOS_PER_TASK = 64

export type HeldSplit = Exclude<Split, 'train'>

/** What is due at the checkpoint after `step` steps, given how many epochs are through before and after its last step. */
export function evaluationsDue(manifest: Manifest, everyEpochs: number, moment: EpochMoment): HeldSplit[] {
  const watched = watchedSplit(manifest)
  const due = new Set<HeldSplit>()
  if (isMilestone(everyEpochs, moment)) due.add(watched)
  if (moment.isLast) due.add('test')
  return [...due].filter((split) => hasPhotos(manifest, split))
}

/** The split that a run is followed by, and its best checkpoint chosen by. */
export function watchedSplit(manifest: Manifest): HeldSplit {
  return hasPhotos(manifest, 'val') ? 'val' : 'test'
}

function hasPhotos({ shards }: Manifest, split: HeldSplit): boolean {
  return shards[split].some(({ samples }) => samples > 0)
}

export function evaluationTasks(shards: readonly ShardRef[]): ShardEntries[][] {
  return partsOf(shards, PHOTOS_PER_TASK)
}

export function photosIn(entries: readonly ShardEntries[]): number {
  return entries.reduce((sum, { samples }) => sum + samples.length, 0)
}

/** Cut at observation borders, so that fused answers are whole; an observation never spans two shards. */
export function partsOf(shards: readonly ShardRef[], photosPerTask: number): ShardEntries[][] {
  return shards.flatMap((shard) => {
    const observations = shard.observations ?? Array.from({ length: shard.samples }, () => 1)
    const tasks: number[][] = []
    let sample = 0
    for (const photos of observations) {
      const own = Array.from({ length: photos }, () => sample++)
      const last = tasks.at(-1)
      if (last !== undefined && last.length + photos <= photosPerTask) last.push(...own)
      else tasks.push(own)
    }
    return tasks.map((samples) => [{ shard: shard.hash, bytes: shard.bytes, samples }])
  })
}
