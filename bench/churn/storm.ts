/** The run with its workers, and its coordinator, killed and cut off all the time. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Coordinator } from './coordinator.ts'
import { faultAt } from './fault-plan.ts'
import { Fleet } from './fleet.ts'
import { reportOf } from './report.ts'
import { RunWatch, type SeenStep } from './run-watch.ts'
import { openRun, type Scene, STEPS_TO_SETTLE } from './scene.ts'
import { count, faultsIn, type Storm, stepInFlight, stormOf } from './storm-account.ts'

type Weather = { scene: Scene; storm: Storm; fleet: Fleet; coordinator: Coordinator; isOver(): boolean }

const REPORT_EVERY_STEPS = 10

export async function weatherStorm(scene: Scene): Promise<{ storm: Storm; coordinator: Coordinator }> {
  const { config, wish, paces, bundles, ledger, say } = scene
  const { coordinator, id } = await openRun(scene)
  const fleet = await Fleet.start({ entry: bundles.worker, port: coordinator.port, paces })
  const watch = new RunWatch(() => coordinator.url, id)
  const storm = stormOf(watch, STEPS_TO_SETTLE + wish.undisturbed, config.steps!)
  let isOver = false
  let faults: Promise<void> | null = null
  try {
    await watch.untilFinished((seen) => {
      ledger.note(seen)
      storm.unexpectedEnds = fleet.unexpectedEnds
      say(progress(seen, scene, storm))
      if (seen.step % REPORT_EVERY_STEPS === 0) say(JSON.stringify(reportOf(scene, storm, null)))
      if (seen.step >= storm.from) {
        faults ??= inflictAll({ scene, storm, fleet, coordinator, isOver: () => isOver })
        faults.catch(() => {})
      }
      if (seen.step >= storm.to) isOver = true
    })
    await faults
    return { storm, coordinator }
  } finally {
    isOver = true
    await fleet.end()
    await coordinator.end()
  }
}

/** One each `everyMs`, until all are through; only what was really inflicted counts. */
async function inflictAll(weather: Weather): Promise<void> {
  const { scene, storm, fleet, isOver } = weather
  const { wish } = scene
  const startedMs = performance.now()
  let recovering: Promise<void> | null = null
  for (let n = 0; !isOver() && faultsIn(storm) < wish.faults; n++) {
    await wait(Math.max(0, startedMs + n * wish.everyMs - performance.now()))
    if (isOver()) break
    const fault = faultAt(wish.seed, n)
    if (fault.kind !== 'coordinator-killed') {
      if (fleet.inflict(fault.kind, fault.victim, fault.lastsMs)) count(storm, fault.kind)
    } else if (recovering === null) {
      count(storm, fault.kind)
      recovering = killCoordinator(weather).finally(() => {
        recovering = null
      })
    }
  }
  storm.to = Math.min(storm.to, stepInFlight(storm))
  await recovering
}

async function killCoordinator({ coordinator, storm, scene }: Weather): Promise<void> {
  storm.killSteps.add(stepInFlight(storm))
  const killedAtMs = performance.now()
  const restartMs = await coordinator.killAndRestart()
  const recovery = await storm.watch.recoveryAfter(killedAtMs)
  storm.restartsMs.push(restartMs)
  storm.recoveries.push(recovery)
  const [ready, accepted, durable] = [restartMs, recovery.acceptedMs, recovery.durableMs].map(Math.round)
  scene.say(
    `the coordinator was killed: ready after ${ready} ms, a result accepted after ${accepted}, a step durable after ${durable}`,
  )
}

function progress({ step, atMs, checkpoint }: SeenStep, { config, ledger }: Scene, storm: Storm): string {
  const before = storm.watch.steps.at(-2)
  const tookMs =
    before === undefined ? '' : `, ${((atMs - before.atMs) / (step - before.step)).toFixed(0)} ms`
  const bits =
    ledger.difference === null
      ? `the first ${ledger.compared} as undisturbed`
      : `DIFFERENT FROM STEP ${ledger.difference}`
  const faults = `${faultsIn(storm)} faults ${JSON.stringify(storm.kinds)}`
  return `step ${step} of ${config.steps}${tookMs}; ${faults}; checkpoint ${checkpoint.slice(0, 12)}, ${bits}`
}
