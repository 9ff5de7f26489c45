/** What is asked for, and what both of a churn's runs have in common. */
import { parseArgs } from 'node:util'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { accept } from '../platform/accept.ts'
import { ensureHerbarium } from '../platform/herbarium.ts'
import type { Bundles } from './bundles.ts'
import type { CheckpointLedger } from './checkpoint-ledger.ts'
import { Coordinator } from './coordinator.ts'
import runJson from './RUN.json' with { type: 'json' }

export type Wish = {
  faults: number
  workers: number
  everyMs: number
  seed: number
  /** So many steps before the faults, and as many after them, tell the undisturbed pace. */
  undisturbed: number
  /** Of the run; null for as many as so many faults take, if no step were the slower for them. */
  steps: number | null
  /** The reference is computed at the same time, not before, with what the machine has to spare. */
  beside: boolean
}

export type Scene = {
  wish: Wish
  config: RunConfig
  /** Images per second of each worker. */
  paces: number[]
  bundles: Bundles
  ledger: CheckpointLedger
  say(line: string): void
}

/** At first workers have no pace, and fetch the flora; after the faults some are still missing. */
export const STEPS_TO_SETTLE = 1
const SLOWEST_PER_SECOND = 3
const FASTEST_PER_SECOND = 5

export function wishOf(flags: string[]): Wish {
  const { values } = parseArgs({
    args: flags,
    options: {
      faults: { type: 'string', default: '2000' },
      workers: { type: 'string', default: '32' },
      'every-ms': { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      undisturbed: { type: 'string', default: '6' },
      steps: { type: 'string' },
      beside: { type: 'boolean', default: false },
    },
  })
  return {
    faults: Number(values.faults),
    workers: Number(values.workers),
    everyMs: Number(values['every-ms']),
    seed: Number(values.seed),
    undisturbed: Number(values.undisturbed),
    steps: values.steps === undefined ? null : Number(values.steps),
    beside: values.beside,
  }
}

/** Spread evenly: no two of a real fleet's machines are alike. */
export function pacesOf(workers: number): number[] {
  const spread = FASTEST_PER_SECOND - SLOWEST_PER_SECOND
  return Array.from({ length: workers }, (_, n) =>
    Number((SLOWEST_PER_SECOND + (spread * n) / Math.max(1, workers - 1)).toFixed(2)),
  )
}

export function runFor(wish: Wish, paces: number[]): RunConfig {
  const config = v.parse(RunConfig, runJson)
  const stepMs = (1000 * imagesPerStep(config)) / paces.reduce((sum, pace) => sum + pace, 0)
  const disturbed = Math.ceil(((wish.faults + 1) * wish.everyMs) / stepMs)
  return { ...config, steps: wish.steps ?? disturbed + 2 * (STEPS_TO_SETTLE + wish.undisturbed) }
}

export function imagesPerStep({ samplesPerTask, tasksPerStep }: RunConfig): number {
  return samplesPerTask * tasksPerStep
}

/** On a coordinator of its own. */
export async function openRun({
  config,
  bundles,
  say,
}: Scene): Promise<{ coordinator: Coordinator; id: string }> {
  const coordinator = await Coordinator.start(bundles.coordinator)
  const flora = { name: config.flora, seed: 1, species: 12, storedSize: 48 }
  await ensureHerbarium(coordinator.client, flora, say)
  const { id } = accept(await coordinator.client.openRun(config))
  return { coordinator, id }
}
