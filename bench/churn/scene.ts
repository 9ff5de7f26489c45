/** What is asked for, and what both of a churn's runs have in common. */
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { accept } from '../platform/accept.ts'
import { ensureHerbarium } from '../platform/herbarium.ts'
import * as flag from '../runner/flags.ts'
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

export const WISH_FLAGS = {
  faults: flag.count(2000, 'how many; every hundredth is kill -9 of the coordinator'),
  workers: flag.count(32, 'real processes'),
  'every-ms': flag.count(2000, 'between two faults'),
  seed: flag.seed(1, 'that the faults are drawn from'),
  undisturbed: flag.count(6, 'steps before the faults, and after them, that tell the undisturbed pace'),
  steps: flag.optionalCount('of the run; else as many as the faults take'),
  beside: flag.onOff('compute the reference meanwhile, not before'),
}

export function wishOf({ 'every-ms': everyMs, ...wish }: flag.ValuesOf<typeof WISH_FLAGS>): Wish {
  return { ...wish, everyMs }
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
