/** What a seed decides before anything happens: who takes part, in which runs, over what network, and with how much trouble. */
import type { RunId } from '@worldflora/protocol/ids'
import type { Scene } from '../fixture.ts'
import type { Chance } from './chance.ts'

const MOST_VOLUNTEERS = 1000

/** Chances, each of something that may go wrong whenever it can. */
export type Trouble = {
  /** Of a computation. */
  fails: number
  straggles: number
  /** The tab is closed in the midst of it. */
  vanishes: number
  reloads: number
  /** The volunteer stops; the leases are given back. */
  stops: number
  cutOff: number
  /** The machine sleeps for a long time; the computation goes on afterwards. */
  freezes: number
  /** Of a push. */
  wrongBytes: number
  requestLost: number
  replyLost: number
  doubled: number
  /** Of a step that closes. */
  crashesInClosing: number
  faults: number
  /** Of a volunteer, for good. */
  isZombie: number
  isLiar: number
  isTooSmall: number
  isForeign: number
  changesDevice: number
}

export type RunPlanned = Scene & {
  id: RunId
  /** So likely is it that a step has a task that nobody can do, until the operator has seen to it. */
  poison: number
  evaluation: number
}

export type Scenario = {
  volunteers: number
  /** They come one after the other, over so long a time. */
  gatheringMs: number
  trouble: Trouble
  /** Means; null where it never happens. */
  crashEveryMs: number | null
  pauseEveryMs: number | null
  latencyMs: number
  /** Mean, of one push. */
  uploadMs: number
  /** Images per second of the best; the others have a tail. */
  pace: number
  paceShape: number
  runs: RunPlanned[]
  /** From then on nothing new goes wrong. */
  calmAtMs: number
}

export function scenarioOf(chance: Chance): Scenario {
  const volunteers = Math.round(chance.logUniform(1, MOST_VOLUNTEERS))
  const runs = chance.is(0.6) ? 1 : chance.between(2, 3)
  return {
    volunteers,
    gatheringMs: chance.logUniform(1, 60_000),
    trouble: troubleOf(chance),
    crashEveryMs: chance.is(0.5) ? chance.logUniform(40_000, 2_000_000) : null,
    pauseEveryMs: chance.is(0.5) ? chance.logUniform(10_000, 1_000_000) : null,
    latencyMs: chance.logUniform(1, 500),
    uploadMs: chance.logUniform(1, 20_000),
    pace: chance.logUniform(1, 100),
    paceShape: chance.is(0.5) ? 1.2 : 20,
    runs: Array.from({ length: runs }, (_, index) => runPlanned(chance, index, volunteers / runs)),
    calmAtMs: chance.logUniform(60_000, 1_000_000),
  }
}

/** In every scenario some of it does not happen at all: what one kind of trouble frees must not hide where another is stuck. */
function troubleOf(chance: Chance): Trouble {
  const some = (most: number) => (chance.is(0.6) ? chance.logUniform(most / 50, most) : 0)
  return {
    fails: some(0.1),
    straggles: some(0.2),
    vanishes: some(0.1),
    reloads: some(0.1),
    stops: some(0.1),
    cutOff: some(0.2),
    freezes: some(0.05),
    wrongBytes: some(0.05),
    requestLost: some(0.2),
    replyLost: some(0.2),
    doubled: some(0.2),
    crashesInClosing: some(0.4),
    faults: some(0.1),
    isZombie: some(0.3),
    isLiar: some(0.2),
    isTooSmall: some(0.3),
    isForeign: some(0.5),
    changesDevice: some(0.1),
  }
}

function runPlanned(chance: Chance, index: number, volunteers: number): RunPlanned {
  const samplesPerTask = chance.between(1, 4)
  const tasksPerStep = Math.ceil(chance.logUniform(1, 3 * volunteers + 40))
  // A few steps where they are large; in all about so many tasks.
  const tasks = Math.ceil(0.5 * volunteers + 45)
  const epochs = chance.between(1, 2)
  const samples = Math.ceil((tasks * samplesPerTask) / epochs)
  const shards = chance.between(1, Math.min(samples, 12))
  return {
    id: `run-${index}` as RunId,
    seed: chance.below(1000),
    priority: chance.below(10),
    backend: chance.is(0.5) ? 'any' : 'deterministic',
    shardSizes: Array.from({ length: shards }, (_, n) => Math.ceil((samples - n) / shards)),
    samplesPerTask,
    tasksPerStep,
    epochs,
    poison: chance.is(0.3) ? 0.2 : 0,
    evaluation: chance.is(0.5) ? 0.3 : 0,
  }
}
