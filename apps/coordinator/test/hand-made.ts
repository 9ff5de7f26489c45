/** A flora of bytes that nobody decodes, a run on it, and a worker that makes its contributions by hand. */

import { packFeatureShard } from '@worldflora/dataset/feature-shard'
import { encodeManifest, type Manifest, type ShardRef } from '@worldflora/dataset/manifest'
import { type Photo, packShard } from '@worldflora/dataset/shard'
import { encodeTrainLabels } from '@worldflora/dataset/train-labels'
import { GOLDEN_HASH } from '@worldflora/model/golden-hash'
import { featureCount } from '@worldflora/model/parameters'
import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import { encodeFloat16 } from '@worldflora/protocol/float16'
import { encodeVector, parseVector } from '@worldflora/protocol/gradient-codec'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import {
  type CoordinatorEvents,
  type JoinReply,
  type JoinRequest,
  type Lease,
  PROTOCOL_VERSION,
  type ResultReply,
  type WorkerEvents,
  type WorkReply,
} from '@worldflora/protocol/messages'
import { TALLY } from '@worldflora/protocol/parameter-layout'
import { mergePartialSums } from '@worldflora/protocol/partial-sum'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { RunConfig } from '@worldflora/protocol/run-config'
import type { RunState, RunStatus } from '@worldflora/protocol/runs'
import { io, type Socket } from 'socket.io-client'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { runLayout } from '../src/runs/run-layout.ts'
import type { SiteApi } from './running-site.ts'

const SPECIES = 3
const SPECIES_IDS = Array.from({ length: SPECIES }, (_, i) => `s${i}`)

export const config = v.parse(RunConfig, {
  name: 'meadow',
  flora: 'meadow',
  seed: 5,
  architecture: { name: 'small-cnn', width: 0.25, imageSize: 16 },
  samplesPerTask: 4,
  tasksPerStep: 3,
  epochs: 2,
  optimizer: { name: 'sgd', learningRate: 0.05 },
})

/** Of three species: 24 photos to train with, 6 in pairs of one plant for each held-back split. */
export async function bringFlora(
  site: SiteApi,
  name = 'meadow',
  speciesIds: readonly string[] = SPECIES_IDS,
  /** Of the train photos; absent: as in a flora of before there were train labels. */
  trusted?: (photo: number) => boolean,
): Promise<{ manifest: Manifest; hash: Hash }> {
  const labels = Array.from({ length: 24 }, (_, i) => ({ species: i % SPECIES, trusted: trusted?.(i) }))
  const { ref, blobs } = encodeTrainLabels(labels, SPECIES)
  if (trusted) for (const { hash, bytes } of blobs) await site.call('PUT', `/blobs/${hash}`, bytes)
  const refs = async (count: number, split: string, perObservation: number): Promise<ShardRef[]> => {
    const photos: Photo[] = Array.from({ length: count }, (_, i) => ({
      jpeg: new TextEncoder().encode(`${split} ${i}`),
      species: i % SPECIES,
      observation: `${split}-${Math.floor(i / perObservation)}`,
    }))
    const bytes = packShard(photos)
    const hash = hashOf(bytes)
    await site.call('PUT', `/blobs/${hash}`, bytes)
    const observations = Array.from({ length: count / perObservation }, () => perObservation)
    return [{ hash, bytes: bytes.byteLength, samples: count, ...(split === 'train' ? {} : { observations }) }]
  }
  const manifest: Manifest = {
    formatVersion: 1,
    name,
    storedSize: 64,
    species: speciesIds.map((id) => ({ id, scientificName: `Flos ${id}` })),
    shards: {
      train: await refs(24, 'train', 1),
      val: await refs(6, 'val', 2),
      test: await refs(6, 'test', 2),
    },
    ...(trusted && { trainLabels: ref }),
  }
  const bytes = encodeManifest(manifest)
  const hash = hashOf(bytes)
  await site.call('PUT', `/blobs/${hash}`, bytes)
  const put = await site.call('PUT', `/api/floras/${name}`, { manifest: hash })
  if (!put.ok) throw new Error(await put.text())
  return { manifest, hash }
}

export async function openRun(site: SiteApi, run: unknown = config): Promise<RunId> {
  const opened = await site.json<{ id: RunId }>('POST', '/api/runs', run)
  if (opened.id === undefined) throw new Error(JSON.stringify(opened))
  return opened.id
}

/** What a deterministic worker keeps of its task: a pure function of it; with another summed loss, if one is given. */
export function contributionOf({ run, tasks: [task] }: Lease, loss?: number): Uint8Array<ArrayBuffer> {
  const { contribution: kind } = runLayout(run.config, run.flora.species, run.unitExponent, run.train)
  const random = new RandomStream(run.config.seed, 'roundGradient', task.step, task.task)
  const values = Float32Array.from({ length: kind.quantised + kind.exact }, () => random.uniform() - 0.5)
  if (loss !== undefined) values[values.length - TALLY.length + TALLY.loss] = loss
  const bytes = encodeVector({
    values,
    layout: kind,
    wire: kind.wire,
    unitExponent: kind.unitExponent,
    random,
  })
  if (isRejection(bytes)) throw new Error(bytes.message)
  return bytes
}

/** What a deterministic worker would find in each photo: numbers that halves can hold. */
export function featuresFor({ run, checkpoint, tasks: [task] }: Lease): Uint8Array<ArrayBuffer> {
  const dims = featureCount(run.config.architecture)
  const seed = Number.parseInt(checkpoint.checkpoint.slice(0, 8), 16)
  const labels = task.entries.flatMap(({ samples }) =>
    samples.map((sample) => ({ species: sample % SPECIES })),
  )
  const views = task.kind === 'extract-features' ? task.views : 1
  const random = new RandomStream(seed, 'initialWeights', task.task)
  const values = Float32Array.from({ length: views * labels.length * dims }, () => random.uniform())
  return packFeatureShard({ labels, views, dims, values: encodeFloat16(values) })
}

/** Every second photo is right, whatever it shows. */
export function rowsOf({ tasks: [task] }: Lease): EvaluateResult {
  const samples = task.entries.flatMap((entry) => entry.samples)
  return {
    photos: samples.map((sample, i) => ({
      species: sample % SPECIES,
      observation: `o${Math.floor(sample / 2)}`,
      rank: sample % 2,
      probability: 0.5,
      best: [[sample % SPECIES, 0.5]],
      ...(i % 2 === 0
        ? { fused: { rank: 0, probability: 0.75, best: [[sample % SPECIES, 0.75]] as [number, number][] } }
        : {}),
    })),
  }
}

function answerTo(lease: Lease, loss?: number): { body: Uint8Array | string; digest?: Hash } {
  switch (lease.tasks[0].kind) {
    case 'gradient': {
      const bytes = contributionOf(lease, loss)
      return { body: sumOf(lease, [bytes]), digest: hashOf(bytes) }
    }
    case 'evaluate':
      return { body: JSON.stringify(rowsOf(lease)) }
    case 'extract-features':
      return { body: featuresFor(lease) }
  }
}

/** Some tasks' contributions as they are uploaded. */
export function sumOf({ run }: Lease, contributions: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const { contribution } = runLayout(run.config, run.flora.species, run.unitExponent, run.train)
  const vectors = contributions.map((bytes) => {
    const vector = parseVector(bytes, contribution)
    if (isRejection(vector)) throw new Error(vector.message)
    return vector
  })
  return mergePartialSums(vectors, 'coded')
}

type Joined = Extract<JoinReply, { kind: 'joined' }>

export class HandWorker {
  readonly socket: Socket<CoordinatorEvents, WorkerEvents>
  readonly #url: string
  joined: Joined | null = null

  private constructor(url: string) {
    this.#url = url
    this.socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false })
    onTestFinished(() => void this.socket.disconnect())
  }

  static async connect(url: string): Promise<HandWorker> {
    const worker = new HandWorker(url)
    await new Promise<void>((connected) => worker.socket.once('connect', () => connected()))
    return worker
  }

  static async join(url: string, request: Partial<JoinRequest> = {}): Promise<HandWorker> {
    const worker = await HandWorker.connect(url)
    const reply = await worker.ask(request)
    if (reply.kind !== 'joined') throw new Error(reply.message)
    worker.joined = reply
    return worker
  }

  ask(request: Partial<JoinRequest> = {}): Promise<JoinReply> {
    const device = { backend: 'wasm' as const, goldenHash: GOLDEN_HASH }
    return this.socket.emitWithAck('join', { protocol: PROTOCOL_VERSION, host: 'node', device, ...request })
  }

  /** Without a pace: leases of one task. */
  requestWork(): Promise<WorkReply> {
    return this.socket.emitWithAck('request-work', { holding: [], shards: [] })
  }

  async lease(): Promise<Lease> {
    for (;;) {
      const rung = this.#isToldOfWork()
      const reply = await this.requestWork()
      if (reply.kind === 'leased') return reply.lease
      if (reply.kind === 'rejection') throw new Error(reply.message)
      await rung
    }
  }

  #isToldOfWork(): Promise<void> {
    return new Promise((ring) => this.socket.once('work-available', () => ring()))
  }

  /** `digest`: of a gradient's task. */
  put(lease: Lease, body: Uint8Array | string, digest?: Hash): Promise<Response> {
    return fetch(`${this.#url}/api/leases/${lease.leaseId}/result?tasks=${lease.tasks[0].task}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.joined!.secret}`,
        ...(digest === undefined ? {} : { 'task-digests': digest }),
      },
      body: body as Uint8Array<ArrayBuffer>,
    })
  }

  async push(lease: Lease, loss?: number): Promise<ResultReply> {
    const { body, digest } = answerTo(lease, loss)
    return (await (await this.put(lease, body, digest)).json()) as ResultReply
  }

  /**
   * Takes work and does it until `isDone` says so; asked before each lease. `lossOf`: a task's summed loss, by step. `otherNews`: what else
   * ends the waiting for work.
   */
  async workUntil(
    isDone: () => Promise<boolean>,
    lossOf: (step: number) => number | undefined = () => undefined,
    otherNews: () => Promise<void>[] = () => [],
  ): Promise<void> {
    for (;;) {
      // Listened for before looking, so that news which overtakes an answer is not missed; nothing goes on asking behind it.
      const news = Promise.race([this.#isToldOfWork(), this.#pause(), ...otherNews()])
      if (await isDone()) return
      const reply = await this.requestWork()
      if (reply.kind === 'leased') await this.push(reply.lease, lossOf(reply.lease.tasks[0].step))
      else await news
    }
  }

  /** Resolves when the site announces that a run is in this state. */
  hears(state: RunState): Promise<void> {
    return new Promise((resolve) => {
      const listen = (runs: RunStatus[]) => {
        if (!runs.some((run) => run.state === state)) return
        this.socket.off('status-changed', listen)
        resolve()
      }
      this.socket.on('status-changed', listen)
    })
  }

  /** A step's announcement may bring no work: look again. */
  #pause(): Promise<null> {
    return new Promise((resolve) => this.socket.once('status-changed', () => resolve(null)))
  }
}
