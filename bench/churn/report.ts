/** The one line that a churn prints at its end, and what there is of it on the way. */
import { imagesPerSecond, percentileMs, stepTimesMs } from './figures.ts'
import { imagesPerStep, type Scene, STEPS_TO_SETTLE } from './scene.ts'
import { faultsIn, type Storm } from './storm-account.ts'

export type ChurnReport = { bench: 'churn'; [figure: string]: unknown }

/** `sameCheckpoint`: null while it is not known. */
export function reportOf(scene: Scene, storm: Storm, sameCheckpoint: boolean | null): ChurnReport {
  const { config, wish, paces, ledger } = scene
  const { watch, kinds, recoveries, killSteps } = storm
  const images = imagesPerStep(config)
  const calm = [
    ...stepTimesMs(watch.steps, STEPS_TO_SETTLE, storm.from),
    ...stepTimesMs(watch.steps, storm.to + STEPS_TO_SETTLE, config.steps!),
  ]
  const disturbed = stepTimesMs(watch.steps, storm.from, storm.to)
  const underWorkerFaults = stepTimesMs(watch.steps, storm.from, storm.to, killSteps)
  const undisturbedImagesPerSecond = imagesPerSecond(calm, images)
  const accepted = recoveries.map(({ acceptedMs }) => acceptedMs)
  const durable = recoveries.map(({ durableMs }) => durableMs)
  return {
    bench: 'churn',
    run: config.name,
    workers: wish.workers,
    workersImagesPerSecond: Math.round(paces.reduce((sum, pace) => sum + pace, 0)),
    faults: faultsIn(storm),
    kinds,
    steps: config.steps!,
    sameCheckpoint,
    checkpoint: watch.steps.at(-1)?.checkpoint ?? null,
    stepsCompared: ledger.compared,
    firstDifference: ledger.difference,
    goodput: ratio(imagesPerSecond(disturbed, images), undisturbedImagesPerSecond),
    /** Of the steps in which the coordinator was not killed. */
    goodputUnderWorkerFaults: ratio(imagesPerSecond(underWorkerFaults, images), undisturbedImagesPerSecond),
    undisturbedImagesPerSecond,
    imagesPerSecond: imagesPerSecond(disturbed, images),
    undisturbedStepP50Ms: percentileMs(calm, 0.5),
    stepP50Ms: percentileMs(disturbed, 0.5),
    stepP99Ms: percentileMs(disturbed, 0.99),
    coordinatorKills: kinds['coordinator-killed'] ?? 0,
    restartP50Ms: percentileMs(storm.restartsMs, 0.5),
    restartP99Ms: percentileMs(storm.restartsMs, 0.99),
    recoveryP50Ms: percentileMs(accepted, 0.5),
    recoveryP99Ms: percentileMs(accepted, 0.99),
    durableP50Ms: percentileMs(durable, 0.5),
    durableP99Ms: percentileMs(durable, 0.99),
    unexpectedEnds: storm.unexpectedEnds,
  }
}

function ratio(of: number | null, to: number | null): number | null {
  return of === null || to === null ? null : of / to
}
