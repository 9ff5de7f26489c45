/** The run as fast as this machine computes it, with nothing in its way: the bytes that every other way must come to. */
import type { Coordinator } from './coordinator.ts'
import { Fleet } from './fleet.ts'
import { RunWatch, type SeenStep } from './run-watch.ts'
import { openRun, type Scene } from './scene.ts'

const WORKERS = 2
const SAY_EVERY_STEPS = 20

export async function computeReference(scene: Scene): Promise<{ last: SeenStep; coordinator: Coordinator }> {
  const { config, bundles, ledger, wish, say } = scene
  const { coordinator, id } = await openRun(scene)
  const paces = Array.from({ length: WORKERS }, () => null)
  const { port } = coordinator
  const fleet = await Fleet.start({ entry: bundles.worker, port, paces, yields: wish.beside })
  const watch = new RunWatch(() => coordinator.url, id)
  try {
    const last = await watch.untilFinished((seen) => {
      ledger.note(seen)
      if (seen.step % SAY_EVERY_STEPS === 0) {
        say(`the reference: step ${seen.step} of ${config.steps}, checkpoint ${seen.checkpoint}`)
      }
    })
    say(`the reference: ${last.checkpoint}`)
    return { last, coordinator }
  } finally {
    await fleet.end()
    await coordinator.end()
  }
}
