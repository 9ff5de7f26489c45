/** A run on a fresh coordinator's process, carried by modelled workers in a process of theirs: so many steps, timed. */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawnCoordinator } from '@worldflora/cli/coordinator-process'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { accept } from '../platform/accept.ts'
import { ensureHerbarium } from '../platform/herbarium.ts'
import type { ComputedTask, Order, Report } from './workers.ts'

const FLORA = {
  name: 'modelled',
  seed: 1,
  storedSize: 32,
  mostObservations: 3,
  fewestObservations: 2,
}

/** Paces are unknown and shards are fetched in the first steps. */
const WARMUP_STEPS = 3

export type DrivenRun = Omit<Order, 'url' | 'run' | 'classes'> & {
  /** Of any flora: that of the bench is put in. */
  config: RunConfig
  species: number
  /** Measured, after those that warm up. */
  steps: number
}

export type Driven = {
  /** When the first task of the step after it was given out. */
  stepEndsMs: number[]
  /** The same, of the last step that warmed up. */
  startedMs: number
  bytesUp: number
  bytesDown: number
  computed: ComputedTask[]
  lagsMs: number[]
}

export async function drive(
  { config, species, steps, ...order }: DrivenRun,
  say: (line: string) => void,
): Promise<Driven> {
  const data = mkdtempSync(join(tmpdir(), 'worldflora-bench-'))
  const coordinator = await spawnCoordinator({ data, port: 0, host: '127.0.0.1' })
  try {
    await ensureHerbarium(coordinator.client, { ...FLORA, species }, say)
    const run = { ...config, flora: FLORA.name }
    accept(await coordinator.client.openRun(run))
    return await follow({ ...order, url: coordinator.localUrl, run, classes: species }, steps, say)
  } finally {
    await coordinator.release()
    rmSync(data, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function follow(order: Order, steps: number, say: (line: string) => void): Promise<Driven> {
  const workers = fork(fileURLToPath(new URL('./workers.mjs', import.meta.url)), [JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<never>((_, fail) =>
    workers.once('exit', (code) => fail(new Error(`the workers' process ended (exit code ${code})`))),
  )
  const driven: Driven = { stepEndsMs: [], startedMs: 0, bytesUp: 0, bytesDown: 0, computed: [], lagsMs: [] }
  const before = { bytesUp: 0, bytesDown: 0 }
  let last = { bytesUp: 0, bytesDown: 0 }
  const through = new Promise<Driven>((resolve) => {
    workers.on('message', (report: Report) => {
      const isMeasuring = driven.startedMs > 0
      if (report.kind === 'computed' && isMeasuring) driven.computed.push(...report.tasks)
      if (report.kind === 'lag' && isMeasuring) driven.lagsMs.push(report.ms)
      if (report.kind === 'transferred') {
        last = report
        if (driven.stepEndsMs.length === 0) Object.assign(before, report)
      }
      if (report.kind !== 'step-advanced') return
      say(
        `step ${report.step}: ${(last.bytesUp / 1e6).toFixed(0)} MB up, ${(last.bytesDown / 1e6).toFixed(0)} MB down so far`,
      )
      if (report.step === WARMUP_STEPS) driven.startedMs = report.atMs
      if (report.step > WARMUP_STEPS) driven.stepEndsMs.push(report.atMs)
      if (driven.stepEndsMs.length < steps) return
      driven.bytesUp = last.bytesUp - before.bytesUp
      driven.bytesDown = last.bytesDown - before.bytesDown
      resolve(driven)
    })
  })
  try {
    return await Promise.race([through, ended])
  } finally {
    ended.catch(() => {})
    workers.kill()
  }
}
