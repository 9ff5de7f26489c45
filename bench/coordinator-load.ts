/**
 * A coordinator's process under a thousand connections that push as fast as they are acknowledged: every task by itself, where a
 * real worker sends the one sum of its lease. So its tasks a second are requests a second.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { spawnCoordinator } from '@worldflora/cli/coordinator-process'
import { GOLDEN_HASH } from '@worldflora/model/golden-hash'
import { parameterSpecs } from '@worldflora/model/parameters'
import { encodeVector, parseVector, unitExponentFor } from '@worldflora/protocol/gradient-codec'
import { hashOf } from '@worldflora/protocol/hash'
import { contributionShape, layoutOf } from '@worldflora/protocol/parameter-layout'
import { partialSumOf } from '@worldflora/protocol/partial-sum'
import { RandomStream } from '@worldflora/protocol/random'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import type { Order, Report } from './load/connections.ts'
import { accept } from './platform/accept.ts'
import { ensureHerbarium } from './platform/herbarium.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const SPECIES = 100
const FLORA = {
  name: 'load',
  seed: 1,
  species: SPECIES,
  storedSize: 32,
  mostObservations: 10,
  fewestObservations: 10,
}
const WARMUP_MS = 10_000

/** 0.24 M parameters. */
const CONFIG = v.parse(RunConfig, {
  name: 'load',
  flora: 'load',
  architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 },
  samplesPerTask: 1,
  tasksPerStep: 4000,
  steps: 1_000_000,
  evaluateEveryEpochs: 1_000_000,
  optimizer: { name: 'sgd', learningRate: 1e-6 },
})

export const bench = defineBench({
  about:
    'a coordinator under 1,000 connections that push task by task (a real worker: one sum a lease) as fast as they are acknowledged',
  flags: {
    connections: flag.count(1000, 'that push'),
    seconds: flag.seconds(30, 'that are measured, after ten that are not'),
  },
  async run({ connections, seconds: forSeconds }, say) {
    const data = mkdtempSync(join(tmpdir(), 'worldflora-load-'))
    const coordinator = await spawnCoordinator({ data, port: 0, host: '127.0.0.1' })
    try {
      await ensureHerbarium(coordinator.client, FLORA, say)
      const { id } = accept(await coordinator.client.openRun(CONFIG))
      const connected = startConnections({ url: coordinator.localUrl, connections, ...sameGradient() })
      await connected.joined
      say(`${connections} connections have joined`)
      await wait(WARMUP_MS)
      const before = connected.take()
      const startMs = performance.now()
      await wait(forSeconds * 1000)
      const measured = connected.take()
      const seconds = (performance.now() - startMs) / 1000
      const health = accept(await coordinator.client.health())
      await connected.stop()
      const after = connected.take()
      const { status } = accept(await coordinator.client.run(id))
      const counted = status.step * CONFIG.tasksPerStep + status.tasks.accepted
      const windows = health.loop.filter(({ forMs }) => forMs >= 5000).slice(0, Math.floor(seconds / 10))
      const latencies = measured.latenciesMs.sort((a, b) => a - b)
      const row = {
        connections,
        tasksPerSecond: round(measured.accepted / seconds),
        p50Ms: round(latencies[Math.floor(latencies.length * 0.5)] ?? 0),
        p99Ms: round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
        loopP99Ms: round(Math.max(...windows.map(({ p99Ms }) => p99Ms))),
        rssBytes: health.rssBytes,
        lost: before.accepted + measured.accepted + after.accepted - counted,
      }
      say(`steps ${status.step}, not accepted ${measured.others}`)
      say(`loop: ${health.loop.map(({ p99Ms, mostMs }) => `${round(p99Ms)}/${round(mostMs)}`).join(' ')}`)
      return { bench: 'coordinator-load', rows: [row] }
    } finally {
      await coordinator.release()
      rmSync(data, { recursive: true, force: true, maxRetries: 5 })
    }
  },
})

function sameGradient(): Pick<Order, 'body' | 'digest' | 'goldenHash'> {
  const shape = contributionShape(layoutOf(parameterSpecs(CONFIG.architecture, SPECIES)))
  const unitExponent = unitExponentFor(CONFIG.samplesPerTask)
  const random = new RandomStream(1, 'roundGradient')
  const values = Float32Array.from({ length: shape.quantised + shape.exact }, () => random.normal() * 1e-3)
  const { wire } = CONFIG
  const bytes = accept(encodeVector({ values, layout: shape, wire, unitExponent, random }))
  const vector = accept(parseVector(bytes, { ...shape, wire, unitExponent }))
  return {
    body: Buffer.from(partialSumOf(vector, 'plain')).toString('base64'),
    digest: hashOf(bytes),
    goldenHash: GOLDEN_HASH,
  }
}

function startConnections(order: Order) {
  const connecting = fork(fileURLToPath(new URL('./load/connections.mjs', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const pushed = { latenciesMs: [] as number[], accepted: 0, others: 0 }
  let noteJoined!: () => void
  let noteStopped!: () => void
  const stopped = new Promise<void>((resolve) => {
    noteStopped = resolve
  })
  const joined = new Promise<void>((resolve, fail) => {
    noteJoined = resolve
    connecting.once('exit', (code) => fail(new Error(`the connections' process ended (exit code ${code})`)))
  })
  connecting.on('message', (report: Report) => {
    if (report.kind === 'joined') noteJoined()
    else if (report.kind === 'stopped') noteStopped()
    else {
      pushed.latenciesMs.push(...report.latenciesMs)
      pushed.accepted += report.accepted
      pushed.others += report.others
    }
  })
  connecting.send(order)
  return {
    joined,
    /** Since it was taken last. */
    take() {
      const taken = { ...pushed }
      pushed.latenciesMs = []
      pushed.accepted = 0
      pushed.others = 0
      return taken
    },
    /** What is on its way is acknowledged and counted. */
    async stop() {
      connecting.send('stop')
      await stopped
      connecting.disconnect()
    },
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
