/**
 * Which sample is used when: the seeded plan of a run (GB1, GB2, SD1). Pure: a function of the shards' sizes, the run's seed
 * and its batch, never of a run's id, a worker or a clock. So it is computed when asked for, and never stored.
 *
 * An epoch's list is the shards in shuffled order, each with its samples shuffled: a task touches one shard (at its edge
 * two). The epochs' lists form one stream. The stream is cut into tasks of `samplesPerTask`; the tasks that begin in one
 * epoch are permuted among themselves, so that a step's tasks come from many shards; then cut into steps of `tasksPerStep`.
 * Only the run's very last task may be short (it stays last), and only its last step may have fewer tasks.
 *
 * Photos may have weights: then a shard has as many entries as its photos' weights sum up to, in every epoch the same number, and they are
 * drawn systematically: each photo as often as its weight, or once more, and over the epochs its weight's times on average.
 */
import { RandomStream } from '@worldflora/protocol/random'
import type { PhotoWeight } from './sampling.ts'

export type PlanEntry = { shard: number; sample: number }

export type PlannedTask = {
  /** Of its first entry: a task may begin in one epoch and end in the next. */
  epoch: number
  entries: PlanEntry[]
}

export type RunPlan = {
  steps: number
  /** Entries of one epoch. */
  samples: number
  /** A fraction: a step may span two epochs. */
  stepsPerEpoch: number
  /** The tasks of a step, 0 <= step < steps, in their order. */
  tasksOf(step: number): PlannedTask[]
  /** How many epochs are through before this step begins. */
  epochOf(step: number): number
}

export type PlanRequest = {
  /** Samples in each train shard. */
  shardSizes: number[]
  /** How often an epoch has the n-th train photo, on average; absent: every photo once. */
  weightOf?: PhotoWeight | undefined
  seed: number
  samplesPerTask: number
  tasksPerStep: number
  /** Give either `epochs` or `steps`. */
  epochs?: number | undefined
  steps?: number | undefined
  /** Where the count of epochs begins: a later phase of a run shuffles otherwise than the one before. */
  firstEpoch?: number
}

/** Consecutive tasks lie in at most two epochs, unless an epoch is smaller than a task. */
const EPOCHS_KEPT = 3

export function planRun(request: PlanRequest): RunPlan {
  const { shardSizes, weightOf, seed, samplesPerTask, tasksPerStep, firstEpoch = 0 } = request
  const shards = weightOf === undefined ? plainShards(shardSizes) : weightedShards(shardSizes, weightOf)
  const samples = shards.entries.reduce((sum, size) => sum + size, 0)
  if (samples === 0) throw new RangeError('A run needs at least one train sample.')
  const { tasks, end: streamEnd } = lengthOf(request, samples)
  const steps = Math.ceil(tasks / tasksPerStep)
  const lists = keepLast(EPOCHS_KEPT, (epoch) => epochList(shards, seed, firstEpoch + epoch))
  const orders = keepLast(EPOCHS_KEPT, (epoch) => taskOrder(epoch))

  /** The n-th task of the stream is done as the `taskOrder(epoch)[n - first]`-th of its epoch. */
  function taskOrder(epoch: number): { first: number; order: Uint32Array } {
    const first = Math.ceil((epoch * samples) / samplesPerTask)
    const end = Math.ceil(((epoch + 1) * samples) / samplesPerTask)
    const shortLast = streamEnd < end * samplesPerTask ? 1 : 0
    const order = Uint32Array.from({ length: end - first }, (_, n) => n)
    new RandomStream(seed, 'permuteTasks', firstEpoch + epoch).shuffle(
      order.subarray(0, order.length - shortLast),
    )
    return { first, order }
  }

  function taskAt(position: number): PlannedTask {
    const epoch = Math.floor((position * samplesPerTask) / samples)
    const { first, order } = orders(epoch)
    const begin = (first + order[position - first]!) * samplesPerTask
    const end = Math.min(begin + samplesPerTask, streamEnd)
    const list: PlanEntry[] = []
    for (let n = begin; n < end; n++) list.push(lists(Math.floor(n / samples))(n % samples))
    return { epoch: firstEpoch + epoch, entries: list }
  }

  return {
    steps,
    samples,
    stepsPerEpoch: samples / (samplesPerTask * tasksPerStep),
    tasksOf(step) {
      if (!(Number.isInteger(step) && step >= 0 && step < steps))
        throw new RangeError(`The run has no step ${step}.`)
      const begin = step * tasksPerStep
      const end = Math.min(begin + tasksPerStep, tasks)
      return Array.from({ length: end - begin }, (_, n) => taskAt(begin + n))
    },
    epochOf: (step) => Math.min(step * tasksPerStep * samplesPerTask, streamEnd) / samples,
  }
}

/**
 * How many tasks the run has, and where its stream of entries ends. A run of so many steps has no such end: in its last
 * epoch it does the first of the permuted tasks, as a longer run would.
 */
function lengthOf(request: PlanRequest, samples: number): { tasks: number; end: number } {
  if ((request.epochs === undefined) === (request.steps === undefined)) {
    throw new RangeError('A plan needs either epochs or steps.')
  }
  if (request.steps !== undefined) return { tasks: request.steps * request.tasksPerStep, end: Infinity }
  const end = request.epochs! * samples
  return { tasks: Math.ceil(end / request.samplesPerTask), end }
}

/** What an epoch takes from each shard. */
type EpochShards = {
  /** How many entries, in every epoch the same number. */
  entries: readonly number[]
  /** Its samples in the order of an epoch, as many as it has entries. */
  draw(seed: number, epoch: number, shard: number): Uint32Array
}

function plainShards(shardSizes: readonly number[]): EpochShards {
  return {
    entries: shardSizes,
    draw: (seed, epoch, shard) =>
      new RandomStream(seed, 'shuffleSamples', epoch, shard).shuffle(inOrder(shardSizes[shard]!)),
  }
}

function weightedShards(shardSizes: readonly number[], weightOf: PhotoWeight): EpochShards {
  const firsts: number[] = []
  let photos = 0
  for (const size of shardSizes) {
    firsts.push(photos)
    photos += size
  }
  const entries = samplesPerShard(shardSizes, weightOf)
  return {
    entries,
    draw(seed, epoch, shard) {
      const first = firsts[shard]!
      const weights = Float64Array.from({ length: shardSizes[shard]! }, (_, sample) =>
        weightOf(first + sample),
      )
      return drawSystematically(weights, entries[shard]!, new RandomStream(seed, 'sample', epoch, shard))
    },
  }
}

/** How many entries an epoch has of each shard: the sum of its photos' weights, rounded so that the whole epoch's is within a half. */
export function samplesPerShard(
  shardSizes: readonly number[],
  weightOf: PhotoWeight | undefined,
): readonly number[] {
  if (weightOf === undefined) return shardSizes
  let photo = 0
  let whole = 0
  return shardSizes.map((size) => {
    const before = Math.round(whole)
    for (const end = photo + size; photo < end; photo++) whole += weightOf(photo)
    return Math.round(whole) - before
  })
}

/** So many samples at even distances along the row of all, each as wide as its weight, from a drawn start; then shuffled. */
function drawSystematically(weights: Float64Array, count: number, random: RandomStream): Uint32Array {
  const row = random.shuffle(inOrder(weights.length))
  const distance = weights.reduce((sum, weight) => sum + weight, 0) / count
  const start = random.uniform()
  const drawn = new Uint32Array(count)
  let passed = 0
  let n = 0
  for (const sample of row) {
    passed += weights[sample]!
    for (; n < count && (start + n) * distance < passed; n++) drawn[n] = sample
  }
  // Rounding may leave a place at the very end.
  if (n < count) drawn.fill(row.findLast((sample) => weights[sample]! > 0)!, n)
  return random.shuffle(drawn)
}

function inOrder(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, sample) => sample)
}

/** The entry at any place of an epoch's list. A shard's samples are drawn when the first of them is asked for. */
function epochList(
  { entries, draw }: EpochShards,
  seed: number,
  epoch: number,
): (place: number) => PlanEntry {
  const shards = new RandomStream(seed, 'shuffleShards', epoch).shuffle(inOrder(entries.length))
  const starts = new Float64Array(shards.length + 1)
  for (const [n, shard] of shards.entries()) starts[n + 1] = starts[n]! + entries[shard]!
  const shuffled = new Map<number, Uint32Array>()
  return (place) => {
    const n = lastAtMost(starts, place)
    const shard = shards[n]!
    let order = shuffled.get(shard)
    if (!order) {
      order = draw(seed, epoch, shard)
      shuffled.set(shard, order)
    }
    return { shard, sample: order[place - starts[n]!]! }
  }
}

/** The last index whose start is at most `place` (starts ascend; equal starts are empty shards). */
function lastAtMost(starts: Float64Array, place: number): number {
  let low = 0
  let high = starts.length - 1
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (starts[middle]! <= place) low = middle
    else high = middle
  }
  return low
}

/** Remembers the values asked for last; forgetting is harmless, for they are pure. */
function keepLast<T>(size: number, compute: (key: number) => T): (key: number) => T {
  const kept = new Map<number, T>()
  return (key) => {
    const known = kept.get(key)
    if (known !== undefined) return known
    const value = compute(key)
    kept.set(key, value)
    if (kept.size > size) kept.delete(kept.keys().next().value!)
    return value
  }
}
