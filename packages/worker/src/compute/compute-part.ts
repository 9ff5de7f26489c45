/**
 * What runs in the compute thread, the same in a tab and in Node: it holds a backend, weights and shards, and computes tasks
 * from them. What it keeps under a lease's id is summed on demand; it knows no coordinator, no deadline and no cache. What needs the
 * device is done in turns; on a GPU a gradient's values are read while the next one has its turn.
 */
import { packFeatureShard } from '@worldflora/dataset/feature-shard'
import { decodeTrainCounts } from '@worldflora/dataset/train-labels'
import { randomBlocks } from '@worldflora/model/backend'
import { evaluatePhotos } from '@worldflora/model/evaluation'
import { extractFeatures } from '@worldflora/model/features'
import { beginGradient, type PlacedWeights, placeWeights } from '@worldflora/model/gradient'
import { computeHeadGradient } from '@worldflora/model/head-gradient'
import { featureCount } from '@worldflora/model/parameters'
import { trainingPixels } from '@worldflora/model/training-pixels'
import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import { encodeVector } from '@worldflora/protocol/gradient-codec'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash, LeaseId } from '@worldflora/protocol/ids'
import type { RunDescription, ShardEntries } from '@worldflora/protocol/messages'
import { contributionShape } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { samplesPerChunk } from '@worldflora/protocol/run-config'
import type {
  CheckpointParts,
  ComputePort,
  EvaluateRequest,
  FeaturesRequest,
  GradientRequest,
  OnProgress,
  Opened,
  OpenWish,
  PrepareRequest,
  Spent,
  SumRequest,
} from '../session/compute-port.ts'
import { type ComputeHost, openDevice } from './device.ts'
import { DeviceLoss } from './device-loss.ts'
import { type HeldWeights, layoutOfTrained, leadOn } from './held-weights.ts'
import { KeptContributions } from './kept-contributions.ts'
import { PixelsAhead } from './pixels-ahead.ts'
import { ShardShelf } from './shard-shelf.ts'
import { Stopwatch } from './stopwatch.ts'
import { Turns } from './turns.ts'

export class ComputePart implements ComputePort {
  readonly #host: ComputeHost
  readonly #hashOf: (bytes: Uint8Array) => Hash
  readonly #shelf = new ShardShelf()
  readonly #kept: KeptContributions
  readonly #turns = new Turns()
  readonly #stopwatch = new Stopwatch()
  readonly #ahead = new PixelsAhead()
  /** Tasks that were given and are not answered. */
  #inHand = 0
  #weights: HeldWeights | null = null
  #loss: DeviceLoss | null = null
  /** The same, on the device. */
  #placed: PlacedWeights | null = null
  #trainCounts: { hash: Hash; counts: Uint32Array } | null = null

  constructor(host: ComputeHost) {
    this.#host = host
    this.#hashOf = host.hashOf ?? hashOf
    this.#kept = new KeptContributions(this.#hashOf)
  }

  async open(wish: OpenWish): Promise<Opened | Rejection> {
    const opened = await openDevice(wish, this.#host)
    if (!isRejection(opened)) this.#loss = opened.device.backend === 'webgpu' ? new DeviceLoss() : null
    return opened
  }

  heldCheckpoint(): Promise<Hash | null> {
    return this.#turns.take(() => this.#weights?.checkpoint ?? null)
  }

  loadCheckpoint(parts: CheckpointParts): Promise<Rejection | null> {
    return this.#turns.take(() =>
      this.#stopwatch.time('modelMs', () => {
        this.#placed?.dispose()
        this.#placed = null
        const weights = leadOn(this.#weights, parts, this.#hashOf)
        this.#weights = isRejection(weights) ? null : weights
        return isRejection(weights) ? weights : null
      }),
    )
  }

  async missingShards(shards: Hash[]): Promise<Hash[]> {
    return this.#shelf.missing(shards)
  }

  async loadShard(hash: Hash, bytes: Uint8Array): Promise<Rejection | null> {
    return this.#shelf.load(hash, bytes)
  }

  async holdsTrainCounts(hash: Hash): Promise<boolean> {
    return this.#trainCounts?.hash === hash
  }

  async loadTrainCounts({ flora }: RunDescription, bytes: Uint8Array): Promise<Rejection | null> {
    const counts = decodeTrainCounts(bytes, flora.species)
    if (isRejection(counts)) return counts
    this.#trainCounts = { hash: flora.trainCounts!.hash, counts }
    return null
  }

  async photosOf(entries: ShardEntries[], limit: number): Promise<Uint8Array[]> {
    const photos = this.#shelf.photosOf(entries)
    return isRejection(photos) ? [] : photos.slice(0, limit).map((photo) => photo.jpeg.slice())
  }

  async prepare(request: PrepareRequest): Promise<void> {
    const photos = this.#shelf.photosOf(request.task.entries)
    if (isRejection(photos) || request.run.train !== 'all') return
    const draw = this.#ahead.draw(request, photos, {
      isWanted: () => this.#inHand > 0,
      timed: (work) => this.#stopwatch.time('decodeMs', work),
    })
    // A photo that cannot be decoded fails its task, if that is ever given.
    await draw.catch(() => this.#ahead.take(request))
  }

  gradient(request: GradientRequest, onProgress: OnProgress): Promise<Hash | Rejection> {
    return this.#unlessLost(() => this.#gradient(request, onProgress))
  }

  async #gradient(request: GradientRequest, onProgress: OnProgress): Promise<Hash | Rejection> {
    const begun =
      request.run.train === 'head'
        ? await this.#headGradient(request, onProgress)
        : await this.#beginGradient(request, onProgress)
    if (isRejection(begun)) return begun
    const values = await begun.values
    return isRejection(values) ? values : this.#stopwatch.time('encodeMs', () => this.#keep(request, values))
  }

  async #beginGradient({ run, checkpoint, task }: GradientRequest, onProgress: OnProgress) {
    // Now, for while this waits for its turn other shards may be loaded.
    const photos = this.#shelf.photosOf(task.entries)
    if (isRejection(photos)) return photos
    return this.#turns.take(async () => {
      const weights = this.#weightsOf(checkpoint)
      if (isRejection(weights)) return weights
      const work = this.#workOf({ run, task }, weights, onProgress)
      const { config, classes } = work
      this.#placed ??= placeWeights(config.architecture, classes, weights)
      const ahead = this.#ahead.take({ run, task })
      const pixelsFrom = (start: number) => {
        const chunk = photos.slice(start, start + samplesPerChunk(config))
        return this.#stopwatch.time('decodeMs', () => trainingPixels(work, chunk, start, ahead.get(start)))
      }
      const placed = this.#placed
      return this.#stopwatch.time('computeMs', () => beginGradient({ ...work, placed, photos, pixelsFrom }))
    })
  }

  async #headGradient({ run, checkpoint, task }: GradientRequest, onProgress: OnProgress) {
    const samples = this.#shelf.featuresOf(task.entries)
    if (isRejection(samples)) return samples
    return this.#turns.take(async () => {
      const weights = this.#weightsOf(checkpoint)
      if (isRejection(weights)) return weights
      const work = this.#workOf({ run, task }, weights, onProgress)
      return {
        values: await this.#stopwatch.time('computeMs', () => computeHeadGradient({ ...work, samples })),
      }
    })
  }

  #workOf(
    { run, task }: Pick<GradientRequest, 'run' | 'task'>,
    weights: Float32Array,
    onProgress: OnProgress,
  ) {
    const { epoch, step, task: number } = task
    const place = { epoch, step, task: number }
    const trainCounts = this.#trainCounts?.counts
    return { ...place, config: run.config, classes: run.flora.species, weights, trainCounts, onProgress }
  }

  #keep({ leaseId, run, task }: GradientRequest, values: Float32Array): Hash | Rejection {
    const layout = contributionShape(layoutOfTrained(run))
    const { unitExponent } = run
    const { seed, wire } = run.config
    const random = new RandomStream(seed, 'roundGradient', task.step, task.task)
    const makeBlocks = randomBlocks()
    const bytes = encodeVector({ values, layout, wire, unitExponent, random, makeBlocks })
    if (isRejection(bytes)) return bytes
    return this.#kept.keep(leaseId, task.task, bytes, { ...layout, wire, unitExponent })
  }

  sum({ leaseId, tasks, coding }: SumRequest): Promise<Uint8Array | Rejection> {
    return this.#stopwatch.time<Uint8Array | Rejection>('encodeMs', () =>
      this.#kept.sumOf(leaseId, tasks, coding),
    )
  }

  async release(leaseId: LeaseId): Promise<void> {
    this.#kept.release(leaseId)
  }

  evaluate(request: EvaluateRequest, onProgress: OnProgress): Promise<EvaluateResult | Rejection> {
    return this.#inTurn<EvaluateResult>(() => {
      const material = this.#inferenceOf(request)
      if (isRejection(material)) return material
      const crops = request.run.config.evaluation?.crops
      return evaluatePhotos({ ...material, crops, onProgress })
    })
  }

  features(request: FeaturesRequest, onProgress: OnProgress): Promise<Uint8Array | Rejection> {
    return this.#inTurn<Uint8Array>(async () => {
      const material = this.#inferenceOf(request)
      if (isRejection(material)) return material
      const { run, task } = request
      const { augmentation, seed } = run.config
      const { views } = task
      const values = await extractFeatures({
        ...material,
        views,
        augmentation,
        seed,
        task: task.task,
        onProgress,
      })
      const labels = material.photos.map(({ species, trusted }) => ({ species, ...(trusted && { trusted }) }))
      const dims = featureCount(run.config.architecture)
      return packFeatureShard({ labels, views, dims, values })
    })
  }

  async spent(): Promise<Spent> {
    return { ...this.#stopwatch.spent }
  }

  #inTurn<T>(work: () => T | Rejection | Promise<T | Rejection>): Promise<T | Rejection> {
    return this.#unlessLost(() => this.#turns.take(work))
  }

  async #unlessLost<T>(work: () => Promise<T | Rejection>): Promise<T | Rejection> {
    this.#inHand++
    try {
      return await (this.#loss === null ? work() : this.#loss.watch(work))
    } finally {
      this.#inHand--
    }
  }

  /** What a network needs to look at the task's photos without learning from them. */
  #inferenceOf({ run, checkpoint, task }: EvaluateRequest | FeaturesRequest) {
    const weights = this.#weightsOf(checkpoint)
    if (isRejection(weights)) return weights
    const photos = this.#shelf.photosOf(task.entries)
    if (isRejection(photos)) return photos
    return { architecture: run.config.architecture, classes: run.flora.species, weights, photos }
  }

  #weightsOf(checkpoint: Hash): Float32Array | Rejection {
    if (this.#weights?.checkpoint === checkpoint) return this.#weights.values
    return reject('checkpoint-missing', `Checkpoint ${checkpoint} is not loaded.`, 'Load it first.')
  }
}
