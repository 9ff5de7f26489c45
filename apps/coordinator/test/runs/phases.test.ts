/** A run that trains its head on features, and then all of the network. */
import { parameterSpecs } from '@worldflora/model/parameters'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { ForkedRun } from '@worldflora/protocol/kept-checkpoints'
import type { Lease, Task } from '@worldflora/protocol/messages'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { phasesOf } from '@worldflora/protocol/phases'
import type { RunDetail, RunHistory } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

const { epochs: _, ...common } = config
/** 24 photos: 2 epochs are 8 steps of one task; one epoch is 2 steps of 3. */
const phased = {
  ...common,
  name: 'phased',
  augmentation: { crop: true, flip: true },
  phases: [
    {
      train: 'head',
      epochs: 2,
      samplesPerTask: 6,
      tasksPerStep: 1,
      views: 2,
      optimizer: { ...config.optimizer, ema: 0.5 },
    },
    { train: 'all', epochs: 1 },
  ],
}
const HEAD_STEPS = 8
const STEPS = 10

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)

/** Works until `end` says so; with each lease before it is answered. */
async function work(
  site: RunningSite,
  isDone: () => Promise<boolean>,
  look: (lease: Lease) => void = () => {},
): Promise<void> {
  const worker = await HandWorker.join(site.url)
  const { push } = worker
  worker.push = (lease) => {
    look(lease)
    return push.call(worker, lease)
  }
  await worker.workUntil(isDone)
  worker.socket.disconnect()
}

const isMeasured = (site: RunningSite, id: RunId) => async () => (await detailOf(site, id)).status.measured
const hasStep = (site: RunningSite, id: RunId, step: number) => async () =>
  (await detailOf(site, id)).status.step >= step

async function trained(): Promise<{ site: RunningSite; id: RunId; leases: Lease[]; end: RunDetail }> {
  const site = await startSite()
  await bringFlora(site)
  const id = await openRun(site, phased)
  const leases: Lease[] = []
  await work(site, isMeasured(site, id), (lease) => leases.push(lease))
  return { site, id, leases, end: await detailOf(site, id) }
}

describe('a run in phases', () => {
  it('PH1, PH2: features first, then the head on them, then all of it on photos; each phase is measured at its end', async () => {
    const { site, id, leases, end } = await trained()
    expect(end.status).toMatchObject({ state: 'finished', step: STEPS, steps: STEPS, epoch: 3 })
    const gradients = leases.filter(({ tasks }) => tasks[0].kind === 'gradient')
    const [first, ...rest] = leases
    expect(first!.tasks).toMatchObject([{ kind: 'extract-features', step: 0, split: 'train', views: 2 }])
    expect(rest.some(({ tasks }) => tasks[0].kind === 'extract-features')).toBe(false)
    const head = gradients.filter(({ tasks }) => tasks[0].step < HEAD_STEPS)
    expect(head.every(({ run }) => run.train === 'head' && run.config.samplesPerTask === 6)).toBe(true)
    expect(
      gradients.slice(head.length).every(({ run }) => run.train === 'all' && run.config.samplesPerTask === 4),
    ).toBe(true)

    // Each epoch has every photo once, in one of its views; two epochs have both.
    const samples = head.flatMap(({ tasks }) => tasks[0].entries.flatMap((entry) => entry.samples))
    expect([...samples].sort((a, b) => a - b)).toEqual(Array.from({ length: 48 }, (_, i) => i))

    const history = await site.json<RunHistory>('GET', `/api/runs/${id}/history`)
    const measured = history.evaluations.map(({ step, split }) => `${split} ${step}`)
    expect(measured).toEqual(expect.arrayContaining(['val 4', 'val 8', 'test 8', 'val 10', 'test 10']))
    expect(history.steps.at(-1)).toMatchObject({ step: STEPS, epoch: 3 })
    const ends = end.phaseEvaluations.map(({ step, split }) => `${split} ${step}`)
    expect(ends).toEqual(['test 8', 'val 8', 'test 10', 'val 10'])
    expect(phasesOf(end.config, end.samplesPerEpoch).map(({ endStep }) => endStep)).toEqual([
      HEAD_STEPS,
      STEPS,
    ])
  })

  it('PH2, FE1: with many views a part has fewer photos, and the head learns from all of them all the same', async () => {
    const site = await startSite()
    await bringFlora(site)
    const [head] = phased.phases
    const id = await openRun(site, { ...phased, phases: [{ ...head, epochs: 3, views: 64 }] })
    const leases: Lease[] = []
    await work(site, isMeasured(site, id), (lease) => leases.push(lease))
    const tasksOf = (kind: Task['kind']) =>
      leases.flatMap(({ tasks }) => tasks).filter((task) => task.kind === kind)
    expect(tasksOf('extract-features').map(({ entries }) => entries[0]!.samples)).toEqual(
      [0, 8, 16].map((first) => Array.from({ length: 8 }, (_, i) => first + i)),
    )
    const seen = tasksOf('gradient').flatMap(({ entries }) =>
      entries.flatMap(({ shard, samples }) => samples.map((sample) => `${shard} ${sample}`)),
    )
    // 24 photos in three epochs, another view in each.
    expect(new Set(seen).size).toBe(72)
    const photos = new Set(seen.map((name) => name.replace(/\d+$/, (sample) => String(Number(sample) % 8))))
    expect(photos.size).toBe(24)
  })

  it('PH1: while the head is trained nothing else of the checkpoint changes; what comes up is the head’s', async () => {
    const { site, leases } = await trained()
    const weightsOf = async (hash: Hash) =>
      new Float32Array(await (await fetch(`${site.url}/blobs/${hash}`)).arrayBuffer())
    const atStep = (step: number) =>
      leases.find(({ tasks, checkpoint }) => tasks[0].kind === 'gradient' && checkpoint.step === step)!
    const border = atStep(HEAD_STEPS)
    expect(border.checkpoint.deltas).toEqual([])
    const [before, after] = await Promise.all([
      weightsOf(atStep(0).checkpoint.base.blob),
      weightsOf(border.checkpoint.base.blob),
    ])
    const layout = layoutOf(parameterSpecs(config.architecture, 3))
    for (const { spec, offset, length } of layout.entries) {
      const isHead = spec.name.startsWith('head/')
      const isSame = before
        .subarray(offset, offset + length)
        .every((value, i) => Object.is(value, after[offset + i]))
      expect(isSame, spec.name).toBe(!isHead)
    }
  })

  it('PH1, CK1: stopped and started in each phase, it comes to the same bytes', async () => {
    const { end } = await trained()
    let site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, phased)
    for (const step of [1, HEAD_STEPS, HEAD_STEPS + 1]) {
      await work(site, hasStep(site, id, step))
      await site.stop()
      site = await startSite({ data: site.data })
    }
    await work(site, isMeasured(site, id))
    const again = await detailOf(site, id)
    expect(again.status.checkpoint).toBe(end.status.checkpoint)
  })

  it('PH1, LC2: forked in the middle of the head’s phase it extracts anew, and comes to the same bytes', async () => {
    const { site, id, end } = await trained()
    const forked = await site.json<ForkedRun>('POST', `/api/runs/${id}/fork`, {
      step: 4,
      name: 'fork',
      changes: {},
    })
    const leases: Lease[] = []
    await work(site, isMeasured(site, forked.id), (lease) => leases.push(lease))
    expect(leases[0]!.tasks).toMatchObject([{ kind: 'extract-features', step: 4, views: 2 }])
    const after = await detailOf(site, forked.id)
    expect(after.status).toMatchObject({ state: 'finished', step: STEPS })
    expect(after.status.checkpoint).toBe(end.status.checkpoint)
  })

  it('PH1, LC3: taken back over a phase’s border, it trains the head again, and comes to the same bytes', async () => {
    const { end } = await trained()
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, phased)
    await work(site, hasStep(site, id, HEAD_STEPS + 1))
    await site.call('POST', `/api/runs/${id}/state`, { state: 'paused' })
    const wrong = await site.call('POST', `/api/runs/${id}/rollback`, {
      step: 4,
      changes: { phases: [{ ...phased.phases[0], views: 3 }, phased.phases[1]] },
    })
    expect(await wrong.json()).toMatchObject({ code: 'fixed-field' })
    expect((await site.call('POST', `/api/runs/${id}/rollback`, { step: 4, changes: {} })).status).toBe(200)
    await site.call('POST', `/api/runs/${id}/state`, { state: 'running' })
    await work(site, isMeasured(site, id))
    expect((await detailOf(site, id)).status.checkpoint).toBe(end.status.checkpoint)
  })

  it.each([
    ['epochs beside phases', { epochs: 3 }, 'with phases'],
    ['no optimizer at all', { optimizer: undefined, phases: [{ train: 'all', epochs: 1 }] }, 'optimizer'],
    [
      'views without an augmentation',
      { augmentation: {}, phases: [{ train: 'head', epochs: 1, views: 2 }] },
      'alike',
    ],
    ['views of photos', { phases: [{ train: 'all', epochs: 1, views: 2 }] }, 'head'],
    ['a phase without an end', { phases: [{ train: 'all' }] }, 'epochs or steps'],
  ])('PH1: %s: refused with words', async (_, change, word) => {
    const site = await startSite()
    await bringFlora(site)
    const refused = await site.call('POST', '/api/runs', { ...phased, ...change })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain(word)
  })
})
