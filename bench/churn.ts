/**
 * Many workers, one of them killed or cut off every two seconds, and now and then the coordinator: the run must end with the bytes
 * that it has undisturbed. Real processes, each worker as slow as a machine of its own would be, a TCP line to each.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { type Bundles, bundleProcesses } from './churn/bundles.ts'
import { Coordinator } from './churn/coordinator.ts'
import { type FaultKind, faultAt } from './churn/fault-plan.ts'
import { firstDifference, imagesPerSecond, percentileMs, stepTimesMs } from './churn/figures.ts'
import { Fleet } from './churn/fleet.ts'
import runJson from './churn/RUN.json' with { type: 'json' }
import { RunWatch, type SeenStep } from './churn/run-watch.ts'
import { accept } from './platform/accept.ts'
import { ensureHerbarium } from './platform/herbarium.ts'
import type { Bench } from './runner/bench.ts'

type Say = (line: string) => void
type Wish = {
  faults: number
  workers: number
  everyMs: number
  seed: number
  undisturbed: number
  steps: number | null
  beside: boolean
}

/** At first workers have no pace, and fetch the flora; after the faults some are still missing. */
const STEPS_TO_SETTLE = 1
const SLOWEST_PER_SECOND = 3
const FASTEST_PER_SECOND = 5
const REFERENCE_WORKERS = 2
const REPORT_EVERY_STEPS = 10

type Report = { bench: 'churn'; [figure: string]: unknown }

export const bench: Bench<Report> = {
  about:
    'a run whose workers, and coordinator, are killed and cut off all the time, against its undisturbed self',
  async run(flags, say) {
    const wish = wishOf(flags)
    const paces = pacesOf(wish.workers)
    const config = runFor(wish, paces)
    const bundles = await bundleProcesses()
    const imagesPerStep = config.samplesPerTask * config.tasksPerStep
    say(`${config.name}: ${config.steps} steps of ${imagesPerStep} images, ${wish.workers} workers`)
    const reference = () => referenceOf(config, bundles, wish.beside, say)
    const churn = () => disturb(config, wish, paces, bundles, say)
    const [undisturbed, disturbed] = wish.beside
      ? await Promise.all([reference(), churn()])
      : [await reference(), await churn()]
    const difference = firstDifference(disturbed.watch.steps, undisturbed.steps)
    const sameCheckpoint = disturbed.watch.steps.at(-1)!.checkpoint === undisturbed.steps.at(-1)!.checkpoint
    if (!sameCheckpoint) {
      say(`THE CHECKPOINTS DIFFER, from step ${difference} at the latest`)
      process.exitCode = 1
    }
    return reportOf(config, wish, disturbed, sameCheckpoint)
  },
}

function wishOf(flags: string[]): Wish {
  const { values } = parseArgs({
    args: flags,
    options: {
      faults: { type: 'string', default: '2000' },
      workers: { type: 'string', default: '32' },
      'every-ms': { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      /** So many steps before the faults, and as many after them, tell the undisturbed pace. */
      undisturbed: { type: 'string', default: '6' },
      /** Of the run; default: as many as so many faults take, if no step were the slower for them. */
      steps: { type: 'string' },
      /** Compute the reference at the same time, not before: for a machine with cores to spare. */
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
function pacesOf(workers: number): number[] {
  const spread = FASTEST_PER_SECOND - SLOWEST_PER_SECOND
  return Array.from({ length: workers }, (_, n) =>
    Number((SLOWEST_PER_SECOND + (spread * n) / Math.max(1, workers - 1)).toFixed(2)),
  )
}

function runFor(wish: Wish, paces: number[]): RunConfig {
  const config = v.parse(RunConfig, runJson)
  const imagesPerStep = config.samplesPerTask * config.tasksPerStep
  const stepMs = (1000 * imagesPerStep) / paces.reduce((sum, pace) => sum + pace, 0)
  const disturbed = Math.ceil(((wish.faults + 1) * wish.everyMs) / stepMs)
  return { ...config, steps: wish.steps ?? disturbed + 2 * (STEPS_TO_SETTLE + wish.undisturbed) }
}

/** The run as fast as this machine computes it, with nothing in its way. */
async function referenceOf(
  config: RunConfig,
  bundles: Bundles,
  yields: boolean,
  say: Say,
): Promise<RunWatch> {
  const { coordinator, id } = await openRun(config, bundles, say)
  const paces = Array.from({ length: REFERENCE_WORKERS }, () => null)
  const fleet = await Fleet.start({ entry: bundles.worker, port: coordinator.port, paces, yields })
  const watch = new RunWatch(() => coordinator.url, id)
  const last = await watch.untilFinished(({ step }) => {
    if (step % 20 === 0) say(`the reference: step ${step} of ${config.steps}`)
  })
  await fleet.end()
  await coordinator.end()
  say(`the reference: ${last.checkpoint}`)
  return watch
}

async function openRun(
  config: RunConfig,
  bundles: Bundles,
  say: Say,
): Promise<{ coordinator: Coordinator; id: string }> {
  const coordinator = await Coordinator.start(bundles.coordinator)
  const flora = { name: config.flora, seed: 1, species: 12, storedSize: 48 }
  await ensureHerbarium(coordinator.client, flora, say)
  const { id } = accept(await coordinator.client.openRun(config))
  return { coordinator, id }
}

type Disturbed = {
  watch: RunWatch
  kinds: { [kind in FaultKind]?: number }
  /** The faults began after this step, and ended with that one. */
  stormFrom: number
  stormTo: number
  restartsMs: number[]
  recoveries: { acceptedMs: number; durableMs: number }[]
  /** In which the coordinator was killed. */
  killSteps: Set<number>
  unexpectedEnds: number
}

async function disturb(
  config: RunConfig,
  wish: Wish,
  paces: number[],
  bundles: Bundles,
  say: Say,
): Promise<Disturbed> {
  const { coordinator, id } = await openRun(config, bundles, say)
  const fleet = await Fleet.start({ entry: bundles.worker, port: coordinator.port, paces })
  const watch = new RunWatch(() => coordinator.url, id)
  const stormFrom = STEPS_TO_SETTLE + wish.undisturbed
  const stormTo = config.steps! - stormFrom
  const done: Disturbed = {
    watch,
    kinds: {},
    stormFrom,
    stormTo,
    restartsMs: [],
    recoveries: [],
    killSteps: new Set(),
    unexpectedEnds: 0,
  }
  let isOver = false
  let startFaults = () => {}
  const calmIsOver = new Promise<void>((resolve) => {
    startFaults = resolve
  })
  const faults = calmIsOver.then(() => inflictUntil(() => isOver, { wish, fleet, coordinator, done, say }))
  await watch.untilFinished((seen) => {
    say(progress(seen, config, done))
    if (seen.step % REPORT_EVERY_STEPS === 0) say(JSON.stringify(reportOf(config, wish, done, null)))
    if (seen.step >= stormFrom) startFaults()
    if (seen.step >= done.stormTo) isOver = true
  })
  await faults
  done.unexpectedEnds = fleet.unexpectedEnds
  await fleet.end()
  await coordinator.end()
  return done
}

type Scene = { wish: Wish; fleet: Fleet; coordinator: Coordinator; done: Disturbed; say: Say }

/** One each `everyMs`, until all are through; only what was really inflicted counts. */
async function inflictUntil(isOver: () => boolean, scene: Scene): Promise<void> {
  const { wish, fleet, done } = scene
  const startedMs = performance.now()
  let recovering: Promise<void> | null = null
  for (let n = 0; !isOver() && faultsIn(done.kinds) < wish.faults; n++) {
    await wait(Math.max(0, startedMs + n * wish.everyMs - performance.now()))
    if (isOver()) break
    const fault = faultAt(wish.seed, n)
    if (fault.kind !== 'coordinator-killed') {
      const hit = fleet.inflict(fault.kind, fault.victim, fault.lastsMs)
      if (hit) done.kinds[fault.kind] = (done.kinds[fault.kind] ?? 0) + 1
    } else if (recovering === null) {
      done.kinds[fault.kind] = (done.kinds[fault.kind] ?? 0) + 1
      recovering = killCoordinator(scene).finally(() => {
        recovering = null
      })
    }
  }
  const stepInFlight = (done.watch.steps.at(-1)?.step ?? 0) + 1
  done.stormTo = Math.min(done.stormTo, stepInFlight)
  await recovering
}

async function killCoordinator({ coordinator, done, say }: Scene): Promise<void> {
  done.killSteps.add((done.watch.steps.at(-1)?.step ?? 0) + 1)
  const killedAtMs = performance.now()
  const restartMs = await coordinator.killAndRestart()
  const recovery = await done.watch.recoveryAfter(killedAtMs)
  done.restartsMs.push(restartMs)
  done.recoveries.push(recovery)
  const [ready, accepted, durable] = [restartMs, recovery.acceptedMs, recovery.durableMs].map(Math.round)
  say(
    `the coordinator was killed: ready after ${ready} ms, a result accepted after ${accepted}, a step durable after ${durable}`,
  )
}

function progress({ step, atMs }: SeenStep, config: RunConfig, { watch, kinds }: Disturbed): string {
  const before = watch.steps.at(-2)
  const tookMs = before === undefined ? Number.NaN : (atMs - before.atMs) / (step - before.step)
  return `step ${step} of ${config.steps}, ${tookMs.toFixed(0)} ms; faults ${faultsIn(kinds)} ${JSON.stringify(kinds)}`
}

function faultsIn(kinds: Disturbed['kinds']): number {
  return Object.values(kinds).reduce((sum, count) => sum + count, 0)
}

function reportOf(config: RunConfig, wish: Wish, done: Disturbed, sameCheckpoint: boolean | null): Report {
  const { watch, kinds, stormFrom, stormTo, recoveries, killSteps } = done
  const imagesPerStep = config.samplesPerTask * config.tasksPerStep
  const calm = [
    ...stepTimesMs(watch.steps, STEPS_TO_SETTLE, stormFrom),
    ...stepTimesMs(watch.steps, stormTo + STEPS_TO_SETTLE, config.steps!),
  ]
  const stormy = stepTimesMs(watch.steps, stormFrom, stormTo)
  const ofWorkerFaults = stepTimesMs(watch.steps, stormFrom, stormTo, killSteps)
  const undisturbed = imagesPerSecond(calm, imagesPerStep)
  const disturbed = imagesPerSecond(stormy, imagesPerStep)
  const accepted = recoveries.map(({ acceptedMs }) => acceptedMs)
  const durable = recoveries.map(({ durableMs }) => durableMs)
  return {
    bench: 'churn',
    run: config.name,
    workers: wish.workers,
    workersImagesPerSecond: pacesOf(wish.workers).reduce((sum, pace) => sum + pace, 0),
    faults: faultsIn(kinds),
    kinds,
    steps: config.steps!,
    sameCheckpoint,
    checkpoint: watch.steps.at(-1)!.checkpoint,
    goodput: ratio(disturbed, undisturbed),
    /** Of the steps in which the coordinator was not killed. */
    goodputUnderWorkerFaults: ratio(imagesPerSecond(ofWorkerFaults, imagesPerStep), undisturbed),
    undisturbedImagesPerSecond: undisturbed,
    imagesPerSecond: disturbed,
    undisturbedStepP50Ms: percentileMs(calm, 0.5),
    stepP50Ms: percentileMs(stormy, 0.5),
    stepP99Ms: percentileMs(stormy, 0.99),
    coordinatorKills: kinds['coordinator-killed'] ?? 0,
    restartP50Ms: percentileMs(done.restartsMs, 0.5),
    recoveryP50Ms: percentileMs(accepted, 0.5),
    recoveryP99Ms: percentileMs(accepted, 0.99),
    durableP50Ms: percentileMs(durable, 0.5),
    durableP99Ms: percentileMs(durable, 0.99),
    unexpectedEnds: done.unexpectedEnds,
  }
}

function ratio(of: number | null, to: number | null): number | null {
  return of === null || to === null ? null : of / to
}
