/**
 * How much of the workers' own speed arrives as training, from 2 to 128 of them (weak scaling: 8 tasks a worker and step).
 * A real coordinator's process, real sessions over real sockets and HTTP with bytes of true size; only the computation is
 * a timer. To be held against Pl@ntNet's clusters of 2018: 86.5 % from 2 to 128 nodes, 90.7 % from 2 to 32.
 */
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { parametersOf } from './modelled/contribution.ts'
import { drive } from './modelled/driven-run.ts'
import { FLEETS, type Fleet, ratesOf } from './modelled/fleet.ts'
import { describeLosses } from './modelled/losses.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

/** Decides, with the architecture, how many parameters there are: 0.24 million. */
const SPECIES = 100
const TASKS_PER_WORKER = 8
const SAMPLES_PER_TASK = 16
const COMPUTE_SECONDS = 2.6
const CHURN = 0.2

export const bench = defineBench({
  about:
    'weak scaling from 2 to 128 modelled workers: even, of tailed pace, and with 20 % replaced every step',
  flags: {
    workers: flag.counts([2, 8, 32, 128], 'modelled ones'),
    fleet: flag.someOf(FLEETS, FLEETS, 'how they are'),
    steps: flag.count(10, 'that are measured'),
  },
  async run({ workers: workerCounts, fleet: fleets, steps }, say) {
    const rows = []
    for (const fleet of fleets) {
      for (const workers of workerCounts) {
        const row = await measure(fleet, workers, steps, say)
        say(JSON.stringify(row))
        rows.push(row)
      }
    }
    return { bench: 'scaling', rows }
  },
})

async function measure(fleet: Fleet, workers: number, steps: number, say: (line: string) => void) {
  const config = v.parse(RunConfig, {
    name: 'scaling',
    flora: 'modelled',
    backend: 'any',
    architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 32 },
    samplesPerTask: SAMPLES_PER_TASK,
    tasksPerStep: TASKS_PER_WORKER * workers,
    steps: 100_000,
    evaluateEveryEpochs: 1e6,
    wire: 'int8',
    optimizer: { name: 'sgd', learningRate: 1e-4 },
  })
  say(`${fleet}, ${workers} workers, ${parametersOf(config, SPECIES)} parameters`)
  const rates = ratesOf(fleet, workers, (TASKS_PER_WORKER * SAMPLES_PER_TASK) / COMPUTE_SECONDS)
  const churn = fleet === 'churn' ? CHURN : 0
  const own = { line: null, coding: null, merging: true }
  const driven = await drive({ config, species: SPECIES, rates, churn, steps, ...own }, say)
  say(describeLosses(driven, workers))
  const seconds = (driven.stepEndsMs.at(-1)! - driven.startedMs) / 1000
  const imagesPerSecond = (steps * config.tasksPerStep * SAMPLES_PER_TASK) / seconds
  const ownRates = rates.reduce((sum, rate) => sum + rate, 0)
  return { workers, fleet, imagesPerSecond, efficiency: imagesPerSecond / ownRates }
}
