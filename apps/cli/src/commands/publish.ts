/** `worldflora publish`: a run's latest checkpoint becomes the model of /identify. */
import { reject } from '@worldflora/protocol/rejection'
import { withCoordinator } from '../coordinator-process.ts'
import { accept, Refused } from '../report.ts'

export async function publish(name: string, options: { data: string }): Promise<void> {
  await withCoordinator(options.data, async ({ client }) => {
    const { runs } = accept(await client.status())
    const run = runs.findLast((run) => run.name === name)
    if (run === undefined) {
      const names = runs.map((run) => run.name).join(', ') || 'none'
      throw new Refused(reject('no-run', `There is no run called ${name}.`, `Runs here: ${names}.`))
    }
    const model = accept(await client.publish(run.id))
    console.log(
      `Published step ${model.run.step} of ${name}: ${model.species.length} species, checkpoint ${model.checkpoint}`,
    )
  })
}
