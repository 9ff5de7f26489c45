/**
 * What runs in the compute thread, the same in a tab and in Node: it holds a backend, weights and shards, and computes tasks
 * from them. What it keeps under a lease's id is summed on demand; it knows no coordinator, no deadline and no cache.
 */
import { packFeatureShard } from '@worldflora/dataset/feature-shard'
import { evaluatePhotos } from '@worldflora/model/evaluation'
import { extractFeatures } from '@worldflora/model/features'
import { computeGradient } from '@worldflora/model/gradient'
import { computeHeadGradient } from '@worldflora/model/head-gradient'
import { featureCount } from '@worldflora/model/parameters'
import { encodeVector } from '@worldflora/protocol/gradient-codec'
import type { Hash, LeaseId } from '@worldflora/protocol/ids'
import type { Device, EvaluateResult, ShardEntries } from '@worldflora/protocol/messages'
import { contributionShape } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type {
  BackendChoice,
  CheckpointParts,
  ComputePort,
  EvaluateRequest,
  FeaturesRequest,
  GradientRequest,
  OnProgress,
  SumRequest,
} from '../session/compute-port.ts'
import { type ComputeHost, openDevice } from './device.ts'
import { type HeldWeights, layoutOfTrained, leadOn } from './held-weights.ts'
import { KeptContributions } from './kept-contributions.ts'
import { ShardShelf } from './shard-shelf.ts'

export class ComputePart implements ComputePort {
  readonly #host: ComputeHost
  readonly #shelf = new ShardShelf()
  readonly #kept = new KeptContributions()
  #weights: HeldWeights | null = null

  constructor(host: ComputeHost) {
    this.#host = host
  }

  open(wish: { backend: BackendChoice; golden: boolean }): Promise<Device | Rejection> {
    return openDevice(wish, this.#host)
  }

  async heldCheckpoint(): Promise<Hash | null> {
    return this.#weights?.checkpoint ?? null
  }

  async loadCheckpoint(parts: CheckpointParts): Promise<Rejection | null> {
    const weights = leadOn(this.#weights, parts)
    this.#weights = isRejection(weights) ? null : weights
    return isRejection(weights) ? weights : null
  }

  async missingShards(shards: Hash[]): Promise<Hash[]> {
    return this.#shelf.missing(shards)
  }

  async loadShard(hash: Hash, bytes: Uint8Array): Promise<Rejection | null> {
    return this.#shelf.load(hash, bytes)
  }

  async photosOf(entries: ShardEntries[], limit: number): Promise<Uint8Array[]> {
    const photos = this.#shelf.photosOf(entries)
    return isRejection(photos) ? [] : photos.slice(0, limit).map((photo) => photo.jpeg.slice())
  }

  async gradient(request: GradientRequest, onProgress: OnProgress): Promise<Hash | Rejection> {
    const { leaseId, run, task } = request
    const weights = this.#weightsOf(request.checkpoint)
    if (isRejection(weights)) return weights
    const values = await this.#gradientOf(request, weights, onProgress)
    if (isRejection(values)) return values
    const layout = contributionShape(layoutOfTrained(run))
    const { unitExponent } = run
    const { seed, wire } = run.config
    const random = new RandomStream(seed, 'roundGradient', task.step, task.task)
    const bytes = encodeVector({ values, layout, wire, unitExponent, random })
    if (isRejection(bytes)) return bytes
    return this.#kept.keep(leaseId, task.task, bytes, { ...layout, wire, unitExponent })
  }

  async #gradientOf(
    { run, task }: GradientRequest,
    weights: Float32Array,
    onProgress: OnProgress,
  ): Promise<Float32Array<ArrayBuffer> | Rejection> {
    const common = { config: run.config, classes: run.flora.species, weights, onProgress }
    if (run.train === 'head') {
      const samples = this.#shelf.featuresOf(task.entries)
      return isRejection(samples) ? samples : computeHeadGradient({ ...common, samples })
    }
    const photos = this.#shelf.photosOf(task.entries)
    if (isRejection(photos)) return photos
    const { epoch, step, task: number } = task
    return computeGradient({ ...common, photos, epoch, step, task: number })
  }

  async sum({ leaseId, tasks, coding }: SumRequest): Promise<Uint8Array | Rejection> {
    return this.#kept.sumOf(leaseId, tasks, coding)
  }

  async release(leaseId: LeaseId): Promise<void> {
    this.#kept.release(leaseId)
  }

  async evaluate(request: EvaluateRequest, onProgress: OnProgress): Promise<EvaluateResult | Rejection> {
    const material = this.#inferenceOf(request)
    return isRejection(material) ? material : evaluatePhotos({ ...material, onProgress })
  }

  async features(request: FeaturesRequest, onProgress: OnProgress): Promise<Uint8Array | Rejection> {
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
    const labels = material.photos.map(({ species }) => ({ species }))
    const dims = featureCount(run.config.architecture)
    return packFeatureShard({ labels, views, dims, values })
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
