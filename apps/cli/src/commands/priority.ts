/** `worldflora priority`: how large a run's share of the volunteers is. */
import { withRun } from '../named-run.ts'
import { accept } from '../report.ts'

export async function priority(name: string, wish: number, options: { data: string }): Promise<void> {
  await withRun(name, options.data, async (client, run) => {
    const { status } = accept(await client.setPriority(run.id, wish))
    console.log(`${run.name} has priority ${status.priority} now.`)
  })
}
