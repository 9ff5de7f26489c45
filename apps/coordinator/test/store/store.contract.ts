/** What every store must do. `open` is called with the same place again to look at what is durable. */
import type { Hash, RunId } from '@worldflora/protocol/ids'
import { expect, it } from 'vitest'
import type { CheckpointRecord, RunRecord, StepOutcome, Store } from '../../src/store/store.ts'
import { config } from '../hand-made.ts'

const hash = (digit: string) => digit.repeat(64) as Hash
const runId = 'run-1' as RunId

const run: RunRecord = {
  id: runId,
  config,
  flora: { name: 'meadow', hash: hash('f'), species: 3 },
  unitExponent: -34,
  steps: 4,
  samplesPerEpoch: 24,
  state: 'running',
  reason: null,
  origin: null,
  rollbacks: [],
  settings: { priority: 0, newestKept: 3 },
  initialWeights: null,
  imagesPerPart: 512,
}
const first: CheckpointRecord = {
  step: 0,
  checkpoint: hash('0'),
  base: { blob: hash('0'), bytes: 100 },
  delta: null,
  optimizerState: null,
}

function stepTo(step: number, more: Partial<StepOutcome> = {}): StepOutcome {
  const digit = String(step)
  return {
    runId,
    record: {
      step,
      epoch: step / 2,
      samples: 12,
      seconds: 1.5,
      loss: 0.5,
      accuracy: 0.25,
      learningRate: 0.1,
    },
    checkpoint: {
      step,
      checkpoint: hash(digit),
      base: null,
      delta: { blob: hash(`d${digit}`).slice(0, 64) as Hash, bytes: 30 },
      optimizerState: hash(`e${digit}`).slice(0, 64) as Hash,
    },
    evaluations: [],
    milestone: null,
    finished: false,
    ...more,
  }
}

export function storeContract(openAt: () => Promise<{ open(): Promise<Store> }>): void {
  it('CK1: a run and its steps are what they were when the store is opened again', async () => {
    const place = await openAt()
    const store = await place.open()
    await store.insertRun(run, first)
    await store.recordStep(stepTo(1))
    await store.recordStep(stepTo(2, { finished: true }))
    await store.close()
    const again = await place.open()
    expect(await again.listRuns()).toEqual([{ ...run, state: 'finished' }])
    expect(await again.checkpointsOf(runId)).toEqual([first, stepTo(1).checkpoint, stepTo(2).checkpoint])
    expect(await again.stepsOf(runId, 100)).toEqual([stepTo(1).record, stepTo(2).record])
    expect(await again.totalsOf(runId)).toEqual({ seconds: 3, samples: 24 })
    expect(await again.lossesUpTo(runId, 2, 10)).toEqual([0.5, 0.5])
    await again.close()
  })

  it('DV2: the last losses up to a step, the oldest first', async () => {
    const store = await (await openAt()).open()
    await store.insertRun(run, first)
    expect(await store.lossesUpTo(runId, 0, 3)).toEqual([])
    for (const step of [1, 2, 3, 4, 5]) {
      const outcome = stepTo(step)
      await store.recordStep({ ...outcome, record: { ...outcome.record, loss: step / 8 } })
    }
    expect(await store.lossesUpTo(runId, 4, 3)).toEqual([2 / 8, 3 / 8, 4 / 8])
    expect(await store.lossesUpTo(runId, 5, 9)).toHaveLength(5)
  })

  it('a step is there with its evaluations, or not at all', async () => {
    const store = await (await openAt()).open()
    await store.insertRun(run, first)
    await store.recordStep(stepTo(1))
    const checkpoint = {
      step: 1,
      checkpoint: hash('1'),
      base: { step: 0, blob: hash('0'), bytes: 100 },
      deltas: [],
    }
    const due = [{ step: 1, split: 'val' as const, checkpoint }]
    await expect(store.recordStep(stepTo(1, { evaluations: due }))).rejects.toThrow()
    expect(await store.pendingEvaluations(runId)).toEqual([])
    await store.recordStep(stepTo(2, { evaluations: due }))
    expect(await store.pendingEvaluations(runId)).toEqual(due)
    const result = { step: 1, split: 'val', photos: 6, top1: 0.5, top5: 1, macroTop1: 0.5, loss: 1 } as const
    await store.recordEvaluation(runId, { ...result, observations: { top1: 1, top5: 1 } })
    expect(await store.pendingEvaluations(runId)).toEqual([])
    expect(await store.evaluationsOf(runId)).toMatchObject([result])
    await store.close()
  })

  it('names the blobs that are in use: of checkpoints and milestones, of pending evaluations, of the last two models', async () => {
    const store = await (await openAt()).open()
    await store.insertRun(run, first)
    const chain = (digit: string) => ({
      step: 1,
      checkpoint: hash('1'),
      base: { step: 0, blob: hash(digit), bytes: 100 },
      deltas: [{ blob: hash('7'), bytes: 30, checkpoint: hash('1') }],
    })
    await store.recordStep(stepTo(1, { evaluations: [{ step: 1, split: 'val', checkpoint: chain('6') }] }))
    await store.recordStep(stepTo(2))
    await store.forgetCheckpoints(runId, 2, 2)
    expect((await store.checkpointsOf(runId)).map(({ step }) => step)).toEqual([2])
    const shards: Record<string, string> = { a: '3', b: '4', c: '5' }
    for (const weights of Object.keys(shards)) {
      await store.publishModel({
        id: weights,
        run: { id: runId, name: 'meadow', step: 2 },
        flora: { name: 'meadow', hash: hash('f') },
        checkpoint: hash(weights),
        weights: { blob: hash(weights), bytes: 100 },
        compact: { format: 'WFQ1', shards: [{ blob: hash(shards[weights]!), bytes: 30 }] },
        architecture: config.architecture,
        species: [],
        evaluation: null,
        publishedAt: '2026-01-01T00:00:00.000Z',
        places: null,
        calibration: null,
      })
    }
    expect((await store.latestModel())?.id).toBe('c')
    const delta = stepTo(2).checkpoint.delta!.blob
    expect([...(await store.blobsInUse())].sort()).toEqual(
      ['0', '4', '5', '6', '7', 'b', 'c'].map(hash).concat(delta).sort(),
    )
    expect([...(await store.optimizerStatesInUse())]).toEqual([stepTo(2).checkpoint.optimizerState])
    await store.close()
  })

  it('WT1: what a run began with is what it was, and its bytes stay in use', async () => {
    const place = await openAt()
    const store = await place.open()
    const from = { run: 'run-0' as RunId, name: 'heath', step: 7 }
    const blobs = [hash('a'), hash('b')].map((blob) => ({ blob, bytes: 8 }))
    const begun = { ...run, initialWeights: { hash: hash('a'), from, headRows: 2, blobs } }
    await store.insertRun(begun, first)
    await store.close()
    const again = await place.open()
    expect(await again.listRuns()).toEqual([begun])
    const used = await again.blobsInUse()
    expect(blobs.every(({ blob }) => used.has(blob))).toBe(true)
    await again.close()
  })

  it('LC1: a milestone is there with its step, keeps its bytes in use, and goes when it is let go of', async () => {
    const place = await openAt()
    const store = await place.open()
    await store.insertRun(run, first)
    const milestone = { step: 1, checkpoint: hash('1'), bytes: 100, optimizerState: hash('8') }
    await store.recordStep(stepTo(1, { milestone }))
    await store.recordStep(stepTo(2))
    await store.forgetCheckpoints(runId, 2, 2)
    await store.close()
    const again = await place.open()
    const start = { step: 0, checkpoint: hash('0'), bytes: 100, optimizerState: null }
    expect(await again.milestonesOf(runId)).toEqual([start, milestone])
    expect(await again.blobsInUse()).toContain(hash('1'))
    expect(await again.optimizerStatesInUse()).toContain(hash('8'))
    await again.forgetMilestones(runId, [1])
    expect(await again.milestonesOf(runId)).toEqual([start])
    expect(await again.blobsInUse()).not.toContain(hash('1'))
    expect(await again.optimizerStatesInUse()).not.toContain(hash('8'))
    await again.close()
  })

  it('LC3: back at a step, all that is later is gone, and the run is as it is said; settings stay with it', async () => {
    const place = await openAt()
    const store = await place.open()
    await store.insertRun(run, first)
    await store.setRunSettings(runId, { priority: 7, newestKept: 1 })
    const way = (step: number) => ({
      step,
      checkpoint: hash(String(step)),
      base: { step: 0, blob: hash('0'), bytes: 100 },
      deltas: [],
    })
    const milestone = (step: number) => ({
      step,
      checkpoint: hash(String(step)),
      bytes: 100,
      optimizerState: null,
    })
    for (const step of [1, 2, 3]) {
      const evaluations = [{ step, split: 'val' as const, checkpoint: way(step) }]
      await store.recordStep(stepTo(step, { evaluations, milestone: milestone(step) }))
    }
    for (const step of [1, 2]) {
      await store.orderFeatures(runId, { step, split: 'train', checkpoint: way(step), result: null })
    }
    const measures = { photos: 6, top1: 0.5, top5: 1, macroTop1: 0.5, observations: { top1: 1, top5: 1 } }
    for (const step of [1, 2]) await store.recordEvaluation(runId, { step, split: 'val', ...measures })

    const to = { ...stepTo(1).checkpoint, base: { blob: hash('1'), bytes: 100 }, delta: null }
    const rollbacks = [{ at: '2026-01-01T00:00:00.000Z', from: 3, to: 1, changed: ['optimizer'] }]
    const settings = { priority: 7, newestKept: 1 }
    const back: RunRecord = { ...run, steps: 9, state: 'paused', reason: 'back', rollbacks, settings }
    expect(await store.returnToStep({ run: back, to, lostFeatures: [] })).toEqual({
      dropped: { steps: 2, evaluations: 1, pending: 1, features: 1 },
      totals: { seconds: 1.5, samples: 12 },
    })
    await store.close()
    const again = await place.open()
    expect(await again.listRuns()).toEqual([back])
    expect(await again.checkpointsOf(runId)).toEqual([to])
    expect((await again.milestonesOf(runId)).map(({ step }) => step)).toEqual([0, 1])
    expect((await again.evaluationsOf(runId)).map(({ step }) => step)).toEqual([1])
    expect(await again.pendingEvaluations(runId)).toEqual([])
    expect((await again.featuresOf(runId)).map(({ step }) => step)).toEqual([1])
    await again.close()
  })

  it('FE1: an order of features keeps its checkpoint’s bytes, then its own', async () => {
    const place = await openAt()
    const store = await place.open()
    await store.insertRun(run, first)
    const checkpoint = {
      step: 1,
      checkpoint: hash('1'),
      base: { step: 1, blob: hash('1'), bytes: 100 },
      deltas: [],
    }
    const order = { step: 1, split: 'train' as const, checkpoint, result: null }
    await store.orderFeatures(runId, order)
    await expect(store.orderFeatures(runId, order)).rejects.toThrow()
    await store.close()
    const again = await place.open()
    expect(await again.featuresOf(runId)).toEqual([order])
    expect(await again.blobsInUse()).toContain(hash('1'))
    const manifest = { blob: hash('2'), bytes: 50 }
    const result = { manifest, parts: [{ blob: hash('3'), bytes: 200 }], photos: 10, dims: 10 }
    await again.recordFeatures(runId, { step: 1, split: 'train', result })
    expect(await again.featuresOf(runId)).toEqual([{ ...order, result }])
    const used = await again.blobsInUse()
    expect([hash('1'), hash('2'), hash('3')].map((blob) => used.has(blob))).toEqual([false, true, true])
    await again.close()
  })

  it('DU5: open orders of a checkpoint get another way to it, its average does not; lost features go, whatever their step', async () => {
    const place = await openAt()
    const store = await place.open()
    await store.insertRun(run, first)
    const way = (digit: string, base: string) => ({
      step: 1,
      checkpoint: hash(digit),
      base: { step: 1, blob: hash(base), bytes: 100 },
      deltas: [],
    })
    const average = { step: 1, split: 'val' as const, checkpoint: way('2', '2') }
    await store.recordStep(stepTo(1, { evaluations: [average] }))
    const order = { step: 1, split: 'train' as const, checkpoint: way('1', '5'), result: null }
    await store.orderFeatures(runId, order)
    await store.orderFeatures(runId, { ...order, split: 'test' })
    const other = way('1', '6')
    await store.rerouteOrders(runId, other)
    expect(await store.pendingEvaluations(runId)).toEqual([average])
    expect((await store.featuresOf(runId)).map(({ checkpoint }) => checkpoint)).toEqual([other, other])

    const to = { ...stepTo(1).checkpoint, base: { blob: hash('1'), bytes: 100 }, delta: null }
    const back = { run, to, lostFeatures: [{ step: 1, split: 'test' as const }] }
    expect((await store.returnToStep(back)).dropped).toMatchObject({ steps: 0, features: 1 })
    expect((await store.featuresOf(runId)).map(({ split }) => split)).toEqual(['train'])
    await store.close()
  })

  it('a long curve is thinned out evenly and keeps its last point', async () => {
    const store = await (await openAt()).open()
    await store.insertRun(run, first)
    for (let step = 1; step <= 9; step++) await store.recordStep(stepTo(step))
    expect((await store.stepsOf(runId, 3)).map(({ step }) => step)).toEqual([3, 6, 9])
    expect((await store.stepsOf(runId, 4)).map(({ step }) => step)).toEqual([3, 6, 9])
    await store.close()
  })

  it('a session ends at its time; the log reads newest first; a flora’s name moves', async () => {
    const store = await (await openAt()).open()
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
    await store.insertSession(hash('5'), at(0), at(30))
    expect(await store.hasSession(hash('5'), at(29))).toBe(true)
    expect(await store.hasSession(hash('5'), at(30))).toBe(false)
    await store.deleteSession(hash('5'))
    expect(await store.hasSession(hash('5'), at(1))).toBe(false)

    for (const text of ['one', 'two', 'three']) {
      await store.appendEvent({ at: at(1).toISOString(), kind: 'test', run: null, text })
    }
    expect((await store.listEvents(2)).map(({ text }) => text)).toEqual(['three', 'two'])

    await store.putFlora('meadow', hash('a'))
    await store.putFlora('meadow', hash('b'))
    expect(await store.listFloras()).toEqual([{ name: 'meadow', hash: hash('b') }])
    await store.close()
  })

  it('AK1, AK2: keys are kept by their hash, in the order of their making, and so is their use by day', async () => {
    const place = await openAt()
    const store = await place.open()
    const key = (digit: string) => ({
      id: `key-${digit}`,
      hash: hash(digit),
      name: `app ${digit}`,
      dailyQuota: 500,
      origins: ['https://example.org'],
      createdAt: '2026-01-01T00:00:00.000Z',
      revokedAt: null,
    })
    await store.insertApiKey(key('2'))
    await store.insertApiKey(key('1'))
    await expect(store.insertApiKey({ ...key('2'), id: 'key-3' })).rejects.toThrow()
    const at = new Date(Date.UTC(2026, 0, 2))
    await store.revokeApiKey('key-1', at)
    await store.revokeApiKey('key-1', new Date(Date.UTC(2026, 0, 3)))
    for (const [day, identifications] of [
      ['2026-01-02', 3],
      ['2026-01-01', 1],
      ['2026-01-02', 4],
    ] as const)
      await store.setApiUse('key-2', { day, identifications })
    await store.setApiUse('key-1', { day: '2026-01-02', identifications: 9 })
    await store.close()

    const again = await place.open()
    expect(await again.listApiKeys()).toEqual([key('2'), { ...key('1'), revokedAt: at.toISOString() }])
    expect(await again.apiUsesOf('key-2', '2026-01-01', '2026-01-02')).toEqual([
      { day: '2026-01-01', identifications: 1 },
      { day: '2026-01-02', identifications: 4 },
    ])
    expect(await again.apiUsesOf('key-2', '2026-01-02', '2026-01-31')).toHaveLength(1)
    await again.close()
  })

  it('FB5, FB6: submissions are there by state and number, decided, counted with their bytes, and gone once rejected long enough', async () => {
    const place = await openAt()
    const store = await place.open()
    const species = { id: 'bellis', scientificName: 'Bellis perennis', genus: 'Bellis' }
    const submission = (id: string, digits: string) => ({
      id,
      at: '2026-01-01T00:00:00.000Z',
      state: 'waiting' as const,
      flora: 'meadow',
      model: 'm',
      named: { species, score: 0.5 },
      said: null,
      species: null,
      photos: [...digits].map((digit) => ({
        blob: hash(digit),
        bytes: 100,
        width: 40,
        height: 30,
        organ: null,
      })),
      licence: 'CC BY 4.0',
      author: 'Zoë',
      decidedAt: null,
    })
    const numbers: number[] = []
    for (const [id, digits] of [
      ['one', '12'],
      ['two', '2'],
      ['three', '3'],
    ] as const)
      numbers.push(await store.insertSubmission(submission(id, digits)))
    await expect(store.insertSubmission(submission('one', '4'))).rejects.toThrow()
    const decidedAt = '2026-01-02T00:00:00.000Z'
    expect(await store.decideSubmission('one', { state: 'rejected', species: null, decidedAt })).toBe(true)
    expect(await store.decideSubmission('two', { state: 'accepted', species, decidedAt })).toBe(true)
    expect(await store.decideSubmission('four', { state: 'accepted', species, decidedAt })).toBe(false)
    await store.close()

    const again = await place.open()
    expect(await again.countSubmissions()).toEqual({
      waiting: { submissions: 1, bytes: 100 },
      accepted: { submissions: 1, bytes: 100 },
      rejected: { submissions: 1, bytes: 200 },
    })
    expect(await again.submission('two')).toEqual({
      ...submission('two', '2'),
      number: numbers[1],
      state: 'accepted',
      species,
      decidedAt,
    })
    expect(await again.submission('four')).toBeNull()
    await again.insertSubmission(submission('five', '5'))
    const idsOf = async (after: number | null, limit = 9) =>
      (await again.listSubmissions({ state: 'waiting', after, limit })).map(({ id }) => id)
    expect(await idsOf(null)).toEqual(['five', 'three'])
    expect(await idsOf(0, 1)).toEqual(['three'])
    expect(await idsOf(numbers[2]!)).toEqual(['five'])
    expect([...(await again.submissionPhotosInUse())].sort()).toEqual(['1', '2', '3', '5'].map(hash))
    expect(await again.deleteRejected(new Date(Date.parse(decidedAt) - 1))).toBe(0)
    const later = '2026-01-03T00:00:00.000Z'
    await again.decideSubmission('five', { state: 'rejected', species: null, decidedAt: later })
    expect(await again.earliestRejection()).toBe(decidedAt)
    expect(await again.deleteRejected(new Date(decidedAt))).toBe(1)
    expect(await again.earliestRejection()).toBe(later)
    await again.decideSubmission('five', { state: 'waiting', species: null, decidedAt: null })
    expect(await again.earliestRejection()).toBeNull()
    expect([...(await again.submissionPhotosInUse())].sort()).toEqual(['2', '3', '5'].map(hash))
    const rejected = { state: 'rejected', species: null, decidedAt: later } as const
    const decided = await again.decideSubmissions(['two', 'three', 'five', 'six'], 'waiting', rejected)
    expect(decided.sort()).toEqual(['five', 'three'])
    expect(await again.submission('three')).toMatchObject(rejected)
    expect((await again.submission('two'))?.state).toBe('accepted')
    expect(await again.decideSubmissions(['two', 'three'], 'waiting', rejected)).toEqual([])
    await again.close()
  })
}
