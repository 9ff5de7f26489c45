/** `worldflora publish`: a run's latest checkpoint becomes the model of /identify. */
import { withRun } from '../named-run.ts'
import { accept } from '../report.ts'

export async function publish(name: string, options: { data: string }): Promise<void> {
  await withRun(name, options.data, async (client, run) => {
    const model = accept(await client.publish(run.id))
    console.log(
      `Published step ${model.run.step} of ${run.name}: ${model.species.length} species, checkpoint ${model.checkpoint}`,
    )
  })
}
