/** What a network is trained on: a chunk of a task's photos, decoded and augmented, seeded by its place in the run (SD1). */
import { RandomStream } from '@worldflora/protocol/random'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import { writeRows } from '../rows.ts'
import { placeAugmented } from './augmentation.ts'
import { decodedAt } from './decoded-at.ts'

export type PlaceInRun = { epoch: number; step: number; task: number }

/**
 * [chunk, size, size, 3]. `start` is the first photo's place in the task. Needs an open decoder; throws on a photo that cannot be
 * decoded: import let only photos in that can.
 */
export function trainingPixels(
  {
    config,
    epoch,
    step,
    task,
  }: PlaceInRun & { config: Pick<PhaseConfig, 'architecture' | 'seed' | 'augmentation'> },
  chunk: readonly { jpeg: Uint8Array }[],
  start: number,
): Float32Array<ArrayBuffer> {
  const size = config.architecture.imageSize
  return writeRows(chunk.length, size * size * 3, (index, own) => {
    const decoded = decodedAt(chunk[index]!.jpeg, start + index)
    const random = new RandomStream(config.seed, 'augment', epoch, step, task, start + index)
    placeAugmented(decoded, size, config.augmentation, random, own)
  })
}
