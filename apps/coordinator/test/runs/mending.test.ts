/** DU5: whatever happens to a run's blobs, it goes on from what is whole, to the same bytes, or says that it cannot. */
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { initialWeights } from '@worldflora/model/parameters'
import type { Hash } from '@worldflora/protocol/ids'
import { phasesOf } from '@worldflora/protocol/phases'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Queue } from '../../src/queue.ts'
import { RunState } from '../../src/reduction/run-state.ts'
import { chainOf, wayOfWhole } from '../../src/runs/checkpoint-chain.ts'
import { damagedBlobs, mendedWords, mendRun, ordersFault, type Stores } from '../../src/runs/mending.ts'
import { newBook, type RunBook } from '../../src/runs/run-book.ts'
import { runLayout } from '../../src/runs/run-layout.ts'
import { forgetOldSteps, keepStep } from '../../src/runs/step-keeping.ts'
import { weightsAt } from '../../src/runs/weights-at.ts'
import { openBlobFiles } from '../../src/store/blob-store.files.ts'
import type { RunRecord, Store } from '../../src/store/store.ts'
import { config } from '../hand-made.ts'
import { temporaryFolder } from '../running-site.ts'

const STEPS = 9
const SPECIES = 3
const UNIT = -30
const record = {
  id: 'r'.repeat(12),
  config,
  flora: { name: 'meadow', hash: 'f'.repeat(64), species: SPECIES },
  unitExponent: UNIT,
  steps: STEPS,
  samplesPerEpoch: 24,
  state: 'running',
  reason: null,
  origin: null,
  rollbacks: [],
  settings: { priority: 0, newestKept: 3 },
} as unknown as RunRecord
const layout = runLayout(config, SPECIES, UNIT)

/** A pure function of the step. */
function meansOf(step: number): Float32Array {
  const { quantised, exact } = layout.contribution
  const random = new RandomStream(config.seed, 'roundGradient', step, 0)
  return Float32Array.from({ length: quantised + exact }, () => random.uniform() - 0.5)
}

async function stateOf(at: Stores, book: RunBook): Promise<RunState> {
  const last = book.checkpoints.at(-1)!
  const weights = await weightsAt(at.blobs, chainOf(book.checkpoints), layout)
  if (isRejection(weights)) throw new Error(weights.message)
  const optimizerState =
    last.optimizerState === null ? null : await at.optimizerStates.get(last.optimizerState)
  const state = RunState.open({
    runId: record.id,
    layout: layout.layout,
    selection: null,
    config: phasesOf(config, 24)[0]!.config,
    unitExponent: UNIT,
    stepsPerEpoch: 2,
    firstStep: 0,
    endStep: STEPS,
    weights,
    optimizerState,
    step: last.step,
  })
  if (isRejection(state)) throw new Error(state.message)
  return state
}

/** Goes on until `end`, as the coordinator does: with every third checkpoint a milestone. */
async function trainTo(at: Stores, book: RunBook, end: number): Promise<void> {
  const state = await stateOf(at, book)
  for (let step = book.checkpoints.at(-1)!.step; step < end; step++) {
    const reduced = state.update(step, meansOf(step))
    if (isRejection(reduced)) throw new Error(reduced.message)
    const { loss, accuracy, learningRate } = reduced
    const row = { step: step + 1, epoch: 0, samples: 4, seconds: 1, loss, accuracy, learningRate }
    const toKeep = {
      reduced,
      average: null,
      record: row,
      evaluations: [],
      isMilestone: (step + 1) % 3 === 0,
      endsPhase: false,
      finished: step + 1 === STEPS,
    }
    const kept = await keepStep(at, book, toKeep)
    book.checkpoints = [...book.checkpoints, kept.checkpoint]
    if (kept.milestone !== null) book.milestones = [...book.milestones, kept.milestone]
    book.checkpoints = await forgetOldSteps(at, book)
  }
}

/** Rows that nobody asks for: the book has them. */
function rowless(book: () => RunBook): Store {
  const used = () => [...book().checkpoints, ...book().milestones]
  const dropped = { steps: 0, evaluations: 0, pending: 0, features: 0 }
  const rows = {
    recordStep: async () => {},
    forgetCheckpoints: async () => {},
    lossesUpTo: async (_, step, count) => Array.from({ length: step }, (_, before) => before).slice(-count),
    returnToStep: async () => ({ dropped, totals: book().totals }),
    rerouteOrders: async () => {},
    blobsInUse: async () =>
      new Set([
        ...book().checkpoints.flatMap(({ base, delta }) => [base, delta].flatMap((ref) => ref?.blob ?? [])),
        ...book().milestones.map(({ checkpoint }) => checkpoint),
      ]),
    optimizerStatesInUse: async () => new Set(used().flatMap(({ optimizerState }) => optimizerState ?? [])),
  } satisfies Partial<Store>
  return rows as unknown as Store
}

async function trained(end: number) {
  const folder = temporaryFolder()
  const blobs = await openBlobFiles(join(folder, 'blobs'))
  const optimizerStates = await openBlobFiles(join(folder, 'states'))
  const weights = encodeWeights(initialWeights(config.architecture, SPECIES, config.seed))
  const blob: Hash = await blobs.put(weights)
  const base = { blob, bytes: weights.byteLength }
  const book = newBook(record, { step: 0, checkpoint: blob, base, delta: null, optimizerState: null })
  const at: Stores = { store: rowless(() => book), blobs, optimizerStates, keeping: new Queue() }
  await trainTo(at, book, end)
  return { folder, at, book }
}

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()

type Damage = { file: number; kind: 'missing' | 'truncated' | 'flipped'; at: number }

function damage(file: string, { kind, at }: Damage): void {
  const bytes = readFileSync(file)
  const place = at % bytes.byteLength
  if (kind === 'missing') rmSync(file)
  else if (kind === 'truncated') truncateSync(file, place)
  else {
    bytes[place]! ^= 1 << (at % 8)
    writeFileSync(file, bytes)
  }
}

const damages = fc.array(
  fc.record({
    file: fc.nat(),
    kind: fc.constantFrom('missing', 'truncated', 'flipped'),
    at: fc.nat({ max: 1 << 20 }),
  }) as fc.Arbitrary<Damage>,
  { minLength: 1, maxLength: 4 },
)

describe('a damaged disk', () => {
  it('DU5: any blobs damaged in any way: the run goes on from what is whole, to the same bytes, or says that nothing is', async () => {
    const { book: undisturbed } = await trained(STEPS)
    const reference = undisturbed.checkpoints.at(-1)!.checkpoint
    const outcomes = { whole: 0, back: 0, lost: 0 }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: STEPS - 1 }), damages, async (end, all) => {
        const { folder, at, book } = await trained(end)
        const first = book.milestones[0]!.checkpoint
        const files = filesOf(folder)
        for (const one of all) {
          const file = files[one.file % files.length]!
          if (filesOf(folder).includes(file) && readFileSync(file).byteLength > 0) damage(file, one)
        }
        const mended = await mendRun(at, book)
        if (isRejection(mended)) {
          outcomes.lost++
          expect(mended.action).toContain('backup')
          // The first checkpoint is always kept: while it can be read, a young run is never lost.
          expect(await at.blobs.get(first)).toBeNull()
          return
        }
        if (mended.to === mended.from) outcomes.whole++
        else outcomes.back++
        await trainTo(at, book, STEPS)
        expect(book.checkpoints.at(-1)!.checkpoint).toBe(reference)
      }),
      { numRuns: 24, seed: 4, endOnFailure: true },
    )
    expect(outcomes.whole).toBeGreaterThan(0)
    expect(outcomes.back).toBeGreaterThan(0)
  })

  const blobAt = (folder: string, hash: Hash) => filesOf(folder).find((file) => file.endsWith(hash))!
  const features = (step: number, checkpoint: RunBook['features'][number]['checkpoint']) =>
    ({ step, split: 'train', checkpoint, result: null }) as const

  it('DU5, DV3, FE1: a run that goes back forgets the later features and losses, and says which features', async () => {
    const { folder, at, book } = await trained(5)
    book.losses = [0, 1, 2, 3, 4]
    const kept = features(3, wayOfWhole(book.milestones.at(-1)!))
    book.features = [kept, features(5, chainOf(book.checkpoints))]
    rmSync(blobAt(folder, book.checkpoints.at(-1)!.optimizerState!))
    const mended = await mendRun(at, book)
    if (isRejection(mended)) throw new Error(mended.message)
    expect([mended.from, mended.to]).toEqual([5, 4])
    expect(book.features).toEqual([kept])
    expect(book.losses).toEqual([0, 1, 2, 3])
    expect(mendedWords(book, mended)).toContain('Features of the train split after step 5 are gone')
  })

  it('DU5, FE1: features whose checkpoint is damaged are dropped and named where no way leads to it; the run loses no step', async () => {
    const { folder, at, book } = await trained(8)
    const milestone = book.milestones.find(({ step }) => step === 3)!
    book.features = [features(3, wayOfWhole(milestone))]
    rmSync(blobAt(join(folder, 'blobs'), milestone.checkpoint))
    expect(await ordersFault(at, { book })).toMatchObject({ code: 'damaged-checkpoint' })
    expect(await damagedBlobs(at.blobs, book, [])).toMatchObject({ weights: true })
    const mended = await mendRun(at, book)
    if (isRejection(mended)) throw new Error(mended.message)
    expect(book.checkpoints.at(-1)!.step).toBe(8)
    expect(book.features).toEqual([])
    expect(mendedWords(book, mended)).toContain('Features of the train split after step 3')
    expect(await ordersFault(at, { book })).toBeNull()
  })

  it('DU5: of an old run nothing but the start is left: it is not begun anew without the operator’s word', async () => {
    const { folder, at, book } = await trained(3)
    const first = book.milestones[0]!.checkpoint
    for (const file of filesOf(folder)) if (!file.endsWith(first)) rmSync(file)
    book.checkpoints = book.checkpoints.map((one, i) => ({ ...one, step: 100 + i }))
    book.milestones = book.milestones.slice(0, 1)
    expect(await mendRun(at, book)).toMatchObject({ kind: 'rejection', code: 'damaged-checkpoint' })
  })
})
