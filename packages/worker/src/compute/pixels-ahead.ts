/**
 * Photos decoded and augmented before their task is given, in time that nobody else wants: pixels depend on the task's place in the run
 * alone (SD1), not on the weights that it will be computed with. What is not drawn when its task comes, the task draws itself.
 */
import { beginPixels, drawNext, type PixelsUnderWay } from '@worldflora/model/training-pixels'
import { samplesPerChunk } from '@worldflora/protocol/run-config'
import type { PrepareRequest } from '../session/compute-port.ts'
import { pause } from './pause.ts'

const BYTES_MAX = 64 << 20
/** Whoever wants the thread waits for it no longer than this, and a photo. */
const TURN_MS = 8

/** The thread's: whether it has something better to do, and who measures what it does. */
export type SpareTime = { isWanted(): boolean; timed(work: () => void): Promise<void> }

/** By the place of their first photo in the task. */
export type ChunksAhead = ReadonlyMap<number, PixelsUnderWay>
type Prepared = { step: string; bytes: number; chunks: Map<number, PixelsUnderWay> }

export class PixelsAhead {
  readonly #tasks = new Map<string, Prepared>()
  readonly #turnMs: number

  constructor(turnMs = TURN_MS) {
    this.#turnMs = turnMs
  }

  /**
   * As much of the task as there is time and room for; what was drawn for other steps goes. Throws on a photo that cannot be decoded.
   */
  async draw(
    request: PrepareRequest,
    photos: readonly { jpeg: Uint8Array }[],
    { isWanted, timed }: SpareTime,
  ): Promise<void> {
    const { run, task } = request
    const key = keyOf(request)
    const prepared = this.#tasks.get(key) ?? this.#begin(request, photos.length)
    if (prepared === null) return
    this.#tasks.set(key, prepared)
    const work = { config: run.config, epoch: task.epoch, step: task.step, task: task.task }
    const length = samplesPerChunk(run.config)
    for (let start = 0; start < photos.length; start += length) {
      const chunk = photos.slice(start, start + length)
      const underWay = prepared.chunks.get(start) ?? beginPixels(work, chunk.length)
      prepared.chunks.set(start, underWay)
      while (underWay.drawn < chunk.length) {
        await pause()
        if (isWanted() || this.#tasks.get(key) !== prepared) return
        await timed(() => {
          const endMs = performance.now() + this.#turnMs
          do drawNext(work, chunk, start, underWay)
          while (underWay.drawn < chunk.length && performance.now() < endMs)
        })
      }
    }
  }

  /** What was drawn of the task; it is the caller's from now on. */
  take(request: PrepareRequest): ChunksAhead {
    const key = keyOf(request)
    const prepared = this.#tasks.get(key)
    this.#tasks.delete(key)
    return prepared?.chunks ?? new Map()
  }

  #begin({ run, task }: PrepareRequest, photos: number): Prepared | null {
    const step = `${run.id} ${task.step}`
    for (const [key, other] of this.#tasks) if (other.step !== step) this.#tasks.delete(key)
    const held = [...this.#tasks.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    const bytes = photos * run.config.architecture.imageSize ** 2 * 3 * Float32Array.BYTES_PER_ELEMENT
    return held + bytes > BYTES_MAX ? null : { step, bytes, chunks: new Map() }
  }
}

/** All that the pixels depend on. */
function keyOf({ run, task }: PrepareRequest): string {
  const { seed, augmentation, architecture } = run.config
  const { epoch, step, task: number, entries } = task
  const place = [epoch, step, number, samplesPerChunk(run.config)]
  return JSON.stringify([run.id, seed, augmentation, architecture.imageSize, place, entries])
}
