/** What a network is trained on: a chunk of a task's photos, decoded and augmented, seeded by its place in the run (SD1). */
import { RandomStream } from '@worldflora/protocol/random'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import { placeAugmented } from './augmentation.ts'
import { decodedAt } from './decoded-at.ts'

export type PlaceInRun = { epoch: number; step: number; task: number }
export type PixelWork = PlaceInRun & { config: Pick<PhaseConfig, 'architecture' | 'seed' | 'augmentation'> }

/** A chunk's pixels, [chunk, size, size, 3], of which the first `drawn` photos are there. */
export type PixelsUnderWay = { pixels: Float32Array<ArrayBuffer>; drawn: number }

export function beginPixels(work: PixelWork, photos: number): PixelsUnderWay {
  return { pixels: new Float32Array(photos * valuesOf(work)), drawn: 0 }
}

/**
 * [chunk, size, size, 3]. `start` is the first photo's place in the task; `begun` has those photos of it that were drawn before, and is
 * changed. Needs an open decoder; throws on a photo that cannot be decoded: import let only photos in that can.
 */
export function trainingPixels(
  work: PixelWork,
  chunk: readonly { jpeg: Uint8Array }[],
  start: number,
  begun = beginPixels(work, chunk.length),
): Float32Array<ArrayBuffer> {
  while (begun.drawn < chunk.length) drawNext(work, chunk, start, begun)
  return begun.pixels
}

/** One photo more. */
export function drawNext(
  work: PixelWork,
  chunk: readonly { jpeg: Uint8Array }[],
  start: number,
  begun: PixelsUnderWay,
): void {
  const { config, epoch, step, task } = work
  const index = begun.drawn
  const length = valuesOf(work)
  const decoded = decodedAt(chunk[index]!.jpeg, start + index)
  const random = new RandomStream(config.seed, 'augment', epoch, step, task, start + index)
  const own = begun.pixels.subarray(index * length, (index + 1) * length)
  placeAugmented(decoded, config.architecture.imageSize, config.augmentation, random, own)
  begun.drawn++
}

function valuesOf({ config }: PixelWork): number {
  return config.architecture.imageSize ** 2 * 3
}
