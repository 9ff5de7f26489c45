/** Where a run begins: through the HTTP API of a running site. */
import { initialWeights, parameterSpecs } from '@worldflora/model/parameters'
import { cutIntoParts } from '@worldflora/model/weights'
import { canonicalJson, hashOf, hashOfText } from '@worldflora/protocol/hash'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import { type ForkedRun, WEIGHTS_HEADERS } from '@worldflora/protocol/kept-checkpoints'
import type { Lease } from '@worldflora/protocol/messages'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { phasesOf } from '@worldflora/protocol/phases'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { RunDetail } from '@worldflora/protocol/runs'
import type { WeightsManifest } from '@worldflora/protocol/weights-manifest'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

const { architecture, seed } = config
const SPECIES = ['s0', 's1', 's2']

/** Other weights than any seed gives. */
function learned(species: number): Float32Array {
  return initialWeights(architecture, species, 99).map((value) => value + 1)
}

const entriesOf = (species: number) => layoutOf(parameterSpecs(architecture, species)).entries
const tensor = (weights: Float32Array, species: number, name: string) =>
  valuesOf(entriesOf(species).find(({ spec }) => spec.name === name)!, weights)

/** Brings weights as `train` does; what is said of them may be changed. */
async function bring(
  site: RunningSite,
  species: string[],
  change: (manifest: WeightsManifest) => unknown = (manifest) => manifest,
): Promise<Hash> {
  const weights = learned(species.length)
  const entries = entriesOf(species.length)
  async function* tensors() {
    for (const entry of entries) yield { ...entry.spec, values: valuesOf(entry, weights) }
  }
  const parts = await cutIntoParts(tensors(), 4096, async (bytes) => {
    const hash = hashOf(bytes)
    await site.call('PUT', `/blobs/${hash}`, bytes)
    return hash
  })
  const manifest: WeightsManifest = {
    formatVersion: 1,
    kind: 'weights',
    species,
    tensors: entries.map(({ spec: { name, shape } }) => ({ name, shape: [...shape] })),
    parts,
  }
  const text = canonicalJson(change(manifest))
  const hash = hashOfText(text)
  const put = await site.call('PUT', `/blobs/${hash}`, new TextEncoder().encode(text))
  expect(put.status).toBe(201)
  return hash
}

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
async function startOf(site: RunningSite, id: RunId): Promise<Float32Array> {
  const { checkpoints } = await site.json<{ checkpoints: { step: number; checkpoint: Hash }[] }>(
    'GET',
    `/api/runs/${id}/checkpoints`,
  )
  return blobOf(site, checkpoints.find(({ step }) => step === 0)!.checkpoint)
}
async function blobOf(site: RunningSite, hash: Hash): Promise<Float32Array> {
  const answer = await site.call('GET', `/blobs/${hash}`)
  expect(answer.status).toBe(200)
  return new Float32Array(await answer.arrayBuffer())
}
async function weightsOf(site: RunningSite, id: RunId, step: number): Promise<Float32Array> {
  const answer = await site.call('GET', `/api/runs/${id}/weights?step=${step}`)
  expect(answer.status).toBe(200)
  return new Float32Array(await answer.arrayBuffer())
}
async function workToEnd(site: RunningSite, id: RunId): Promise<RunDetail> {
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(async () => (await detailOf(site, id)).status.measured)
  worker.socket.disconnect()
  return detailOf(site, id)
}

describe('weights that were brought', () => {
  it('WT1, WT2: are the run’s step 0, bit for bit; pinned by hash, over a restart', async () => {
    const site = await startSite()
    await bringFlora(site)
    const hash = await bring(site, SPECIES)
    const id = await openRun(site, { ...config, initialWeights: hash })
    expect(await startOf(site, id)).toEqual(learned(3))
    expect((await detailOf(site, id)).initialWeights).toEqual({ hash, from: null, headRows: 3 })
    await site.stop()
    const again = await startSite({ data: site.data })
    // Neither the manifest nor its parts are swept away, though no checkpoint names them.
    const manifest = (await (await again.call('GET', `/blobs/${hash}`)).json()) as WeightsManifest
    expect(manifest.parts.length).toBeGreaterThan(3)
    for (const { blob, bytes } of manifest.parts) {
      expect((await blobOf(again, blob)).byteLength).toBe(bytes)
    }
    expect((await detailOf(again, id)).initialWeights).toEqual({ hash, from: null, headRows: 3 })
    const resumed = await again.json<{ id: RunId }>('POST', '/api/runs', { ...config, initialWeights: hash })
    expect(resumed).toEqual({ id, resumed: true })
  })

  it('WT2: onto another flora, head rows of known species are kept, new ones start from the seed', async () => {
    const site = await startSite()
    await bringFlora(site, 'heath', ['s2', 'new', 's0'])
    const id = await openRun(site, {
      ...config,
      flora: 'heath',
      initialWeights: await bring(site, ['old', 's0', 's1', 's2']),
    })
    expect((await detailOf(site, id)).initialWeights).toMatchObject({ headRows: 2 })
    const weights = await startOf(site, id)
    const [source, fresh] = [learned(4), initialWeights(architecture, 3, seed)]
    for (const { spec } of entriesOf(3).filter(({ spec }) => !spec.name.startsWith('head/'))) {
      expect(tensor(weights, 3, spec.name), spec.name).toEqual(tensor(source, 4, spec.name))
    }
    const column = (matrix: Float32Array, width: number, place: number) =>
      matrix.filter((_, i) => i % width === place)
    for (const name of ['head/weights', 'head/bias']) {
      const [own, before, drawn] = [tensor(weights, 3, name), tensor(source, 4, name), tensor(fresh, 3, name)]
      expect(column(own, 3, 0), name).toEqual(column(before, 4, 3))
      expect(column(own, 3, 1), name).toEqual(column(drawn, 3, 1))
      expect(column(own, 3, 2), name).toEqual(column(before, 4, 1))
    }
  })

  it('WT1, LC2, LC3: forks and rollbacks keep what the run began with, and cannot change it', async () => {
    const site = await startSite()
    await bringFlora(site)
    const hash = await bring(site, SPECIES)
    const run = { ...config, initialWeights: hash }
    const whole = await workToEnd(site, await openRun(site, run))
    const forked = await site.json<ForkedRun>('POST', `/api/runs/${whole.status.id}/fork`, {
      step: 0,
      name: 'again',
    })
    const ended = await workToEnd(site, forked.id)
    expect(ended.initialWeights).toEqual(whole.initialWeights)
    expect(ended.status.checkpoint).toBe(whole.status.checkpoint)
    const refused = await site.json<Rejection>('POST', `/api/runs/${whole.status.id}/fork`, {
      step: 0,
      name: 'other',
      changes: { initialWeights: 'meadow' },
    })
    expect(refused).toMatchObject({ code: 'fixed-field', message: expect.stringContaining('initialWeights') })

    const second = await openRun(site, { ...run, name: 'second' })
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(async () => (await detailOf(site, second)).status.step >= 2)
    await site.call('POST', `/api/runs/${second}/state`, { state: 'paused' })
    worker.socket.disconnect()
    await site.call('POST', `/api/runs/${second}/rollback`, { step: 0 })
    expect((await detailOf(site, second)).initialWeights).toEqual(whole.initialWeights)
    await site.call('POST', `/api/runs/${second}/state`, { state: 'running' })
    expect((await workToEnd(site, second)).status.checkpoint).toBe(whole.status.checkpoint)
    expect((await site.call('HEAD', `/blobs/${hash}`)).status).toBe(200)
  })
})

describe('phases of a run that begins with weights', () => {
  it('WT2, PH1, PH2: the head is trained on features of what was brought, which stays as it was; then all of it is', async () => {
    const site = await startSite()
    await bringFlora(site)
    const { epochs: _, ...unphased } = config
    const phases = [
      { train: 'head', epochs: 2, views: 2 },
      { train: 'all', epochs: 1 },
    ]
    const initialWeights = await bring(site, SPECIES)
    const augmentation = { flip: true }
    const id = await openRun(site, { ...unphased, augmentation, initialWeights, phases })
    const leases: Lease[] = []
    const worker = await HandWorker.join(site.url)
    const { push } = worker
    worker.push = (lease) => {
      leases.push(lease)
      return push.call(worker, lease)
    }
    await worker.workUntil(async () => (await detailOf(site, id)).status.measured)
    worker.socket.disconnect()

    const brought = hashOf(new Uint8Array(learned(3).buffer))
    expect(leases[0]!.tasks).toMatchObject([{ kind: 'extract-features', step: 0, views: 2 }])
    expect(leases[0]!.checkpoint).toMatchObject({ checkpoint: brought, base: { blob: brought }, deltas: [] })
    const [head, all] = phasesOf((await detailOf(site, id)).config, 24)
    const border = leases.find(
      ({ tasks, checkpoint }) => tasks[0].kind === 'gradient' && checkpoint.step === head!.endStep,
    )!
    const atBorder = await blobOf(site, border.checkpoint.base.blob)
    const { status } = await detailOf(site, id)
    expect(status).toMatchObject({ state: 'finished', step: all!.endStep })
    const atEnd = await weightsOf(site, id, status.step)
    for (const { spec } of entriesOf(3)) {
      const [from, between, to] = [learned(3), atBorder, atEnd].map((at) => tensor(at, 3, spec.name))
      const isHead = spec.name.startsWith('head/')
      if (isHead) expect(between, spec.name).not.toEqual(from)
      else expect(between, spec.name).toEqual(from)
      expect(to, spec.name).not.toEqual(between)
    }
  })
})

describe('weights of a run', () => {
  it('WT1, SD1: are those of its latest checkpoint when the other is opened, by a hash that gives the same run', async () => {
    const site = await startSite()
    await bringFlora(site)
    const source = await openRun(site, { ...config, name: 'source', epochs: 4 })
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(async () => (await detailOf(site, source)).status.step >= 2)
    await site.call('POST', `/api/runs/${source}/state`, { state: 'paused' })
    const { step, checkpoint } = (await detailOf(site, source)).status
    const id = await openRun(site, { ...config, initialWeights: 'source' })
    const { initialWeights: pinned } = await detailOf(site, id)
    expect(pinned).toMatchObject({ from: { run: source, name: 'source', step }, headRows: 3 })
    expect(hashOf(new Uint8Array((await startOf(site, id)).buffer))).toBe(checkpoint)

    // The source goes on: neither this run, nor what the same RUN.json means while it is unfinished, notices.
    await site.call('POST', `/api/runs/${id}/state`, { state: 'paused' })
    await site.call('POST', `/api/runs/${source}/state`, { state: 'running' })
    await worker.workUntil(async () => (await detailOf(site, source)).status.measured)
    expect(await openRun(site, { ...config, initialWeights: 'source' })).toBe(id)
    expect((await detailOf(site, id)).initialWeights).toEqual(pinned)
    await worker.workUntil(async () => (await detailOf(site, id)).status.measured)
    const byHash = await openRun(site, { ...config, name: 'by-hash', initialWeights: pinned!.hash })
    await worker.workUntil(async () => (await detailOf(site, byHash)).status.measured)
    const [named, hashed] = [await detailOf(site, id), await detailOf(site, byHash)]
    expect(hashed.status.checkpoint).toBe(named.status.checkpoint)
    worker.socket.disconnect()
  })

  it('WT1: are those of its published model, if it has one', async () => {
    const site = await startSite()
    await bringFlora(site)
    const source = await openRun(site, { ...config, name: 'source', epochs: 4 })
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(async () => (await detailOf(site, source)).status.step >= 2)
    const model = await site.json<PublishedModel>('POST', `/api/runs/${source}/publish`)
    await worker.workUntil(async () => (await detailOf(site, source)).status.measured)
    worker.socket.disconnect()
    const id = await openRun(site, { ...config, initialWeights: 'source' })
    expect((await detailOf(site, id)).initialWeights).toMatchObject({
      from: { run: source, name: 'source', step: model.run.step },
    })
    expect(await startOf(site, id)).toEqual(await blobOf(site, model.weights.blob))
  })
})

describe('weights of a checkpoint, whole', () => {
  it('WT5: are given to the operator, of any checkpoint that is kept; the average where there is one', async () => {
    const site = await startSite()
    await bringFlora(site)
    const ask = async (id: RunId, query = '') => {
      const answer = await site.call('GET', `/api/runs/${id}/weights${query}`)
      const hash = hashOf(new Uint8Array(await answer.clone().arrayBuffer()))
      return { answer, hash, said: answer.headers.get(WEIGHTS_HEADERS.checkpoint) }
    }
    const plain = await workToEnd(site, await openRun(site))
    const { id } = plain.status
    const latest = await ask(id)
    expect([latest.hash, latest.said]).toEqual([plain.status.checkpoint, plain.status.checkpoint])
    expect(latest.answer.headers.get(WEIGHTS_HEADERS.step)).toBe('4')
    const start = await ask(id, '?step=0')
    expect([start.hash, start.said]).toEqual([start.hash, start.hash])
    expect(start.hash).not.toBe(latest.hash)
    expect((await ask(id, '?step=1')).answer.status).toBe(409)
    expect((await ask(id, '?step=x')).answer.status).toBe(400)
    expect((await fetch(`${site.url}/api/runs/${id}/weights`)).status).toBe(401)

    const optimizer = { ...config.optimizer, ema: 0.9 }
    const averaged = await workToEnd(site, await openRun(site, { ...config, name: 'averaged', optimizer }))
    const published = await site.json<PublishedModel>('POST', `/api/runs/${averaged.status.id}/publish`)
    expect((await ask(averaged.status.id)).hash).toBe(published.weights.blob)
    expect(published.weights.blob).not.toBe(averaged.status.checkpoint)
  })
})

describe('weights that do not fit', () => {
  const changed =
    (name: string) =>
    (shape: (shape: number[]) => number[], as = name) =>
    (manifest: WeightsManifest) => ({
      ...manifest,
      tensors: manifest.tensors.map((one) =>
        one.name === name ? { name: as, shape: shape(one.shape) } : one,
      ),
    })
  const filter = changed('block2/filter')
  const cases: [string, (manifest: WeightsManifest) => unknown, RegExp][] = [
    ['a missing tensor', filter((shape) => shape, 'block9/filter'), /lack block2\/filter/],
    [
      'a tensor of another shape',
      filter((shape) => shape.toReversed()),
      /block2\/filter is \[8, 8, 3, 3\], and here it has to be \[3, 3, 8, 8\]/,
    ],
    ['a head of nobody knows which species', (manifest) => ({ ...manifest, species: null }), /head\/weights/],
    ['too few parts', ({ parts, ...more }) => ({ ...more, parts: parts.slice(1) }), /parts are not as long/],
    [
      'a part that is not here',
      ({ parts: [first, ...others], ...more }) => ({
        ...more,
        parts: [{ ...first!, blob: 'e'.repeat(64) }, ...others],
      }),
      /not here, or damaged: the blob eeee/,
    ],
    ['something else', () => ({ kind: 'features' }), /manifest of the weights is not valid/],
  ]

  it('WT3, IN1: are refused by the name of what is wrong, and no run is made', async () => {
    const site = await startSite()
    await bringFlora(site)
    for (const [what, change, words] of cases) {
      const initialWeights = await bring(site, SPECIES, change)
      const refused = await site.json<Rejection>('POST', '/api/runs', { ...config, initialWeights })
      expect(refused.message, what).toMatch(words)
    }
    expect(await site.json('GET', '/api/status')).toMatchObject({ runs: [] })
  })

  it('WT3, IN1: names and hashes of nothing are refused with what there is; so is what is neither', async () => {
    const site = await startSite()
    await bringFlora(site)
    await openRun(site, { ...config, name: 'other' })
    const ask = (initialWeights: unknown) =>
      site.json<Rejection>('POST', '/api/runs', { ...config, initialWeights })
    expect(await ask('nowhere')).toMatchObject({ action: expect.stringContaining('Runs here: other') })
    expect(await ask('e'.repeat(64))).toMatchObject({ code: 'no-weights' })
    expect(await ask('../weights')).toMatchObject({ message: expect.stringContaining('initialWeights') })
  })
})
