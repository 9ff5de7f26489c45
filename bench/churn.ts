/**
 * Many workers, one of them killed or cut off every two seconds, and now and then the coordinator: the run must end with the bytes
 * that it has undisturbed. Real processes, each worker as slow as a machine of its own would be, a TCP line to each.
 */
import { bundleProcesses } from './churn/bundles.ts'
import { CheckpointLedger } from './churn/checkpoint-ledger.ts'
import { computeReference } from './churn/reference.ts'
import { reportOf } from './churn/report.ts'
import { imagesPerStep, pacesOf, runFor, type Scene, WISH_FLAGS, wishOf } from './churn/scene.ts'
import { weatherStorm } from './churn/storm.ts'
import { defineBench } from './runner/bench.ts'

export const bench = defineBench({
  about: 'a run whose workers, and coordinator, are killed all the time, against its undisturbed self',
  flags: WISH_FLAGS,
  async run(flags, say) {
    const wish = wishOf(flags)
    const paces = pacesOf(wish.workers)
    const config = runFor(wish, paces)
    const bundles = await bundleProcesses()
    const scene: Scene = { wish, config, paces, bundles, ledger: new CheckpointLedger(), say }
    say(`${config.name}: ${config.steps} steps of ${imagesPerStep(config)} images, ${wish.workers} workers`)
    const [reference, { storm, coordinator }] = wish.beside
      ? await Promise.all([computeReference(scene), weatherStorm(scene)])
      : [await computeReference(scene), await weatherStorm(scene)]
    const isSame = storm.watch.steps.at(-1)!.checkpoint === reference.last.checkpoint
    if (isSame) await Promise.all([coordinator.forget(), reference.coordinator.forget()])
    else {
      say(`THE CHECKPOINTS DIFFER; the data lies in ${coordinator.data} and ${reference.coordinator.data}`)
      process.exitCode = 1
    }
    return reportOf(scene, storm, isSame)
  },
})
