/** `worldflora rollback`: a paused or stopped run goes back to a checkpoint that was kept. */
import { changesFrom } from '../changes-file.ts'
import { withRun } from '../named-run.ts'
import { accept } from '../report.ts'

export async function rollback(
  name: string,
  { step, changes: file, data }: { step: number; changes?: string; data: string },
): Promise<void> {
  const changes = await changesFrom(file)
  await withRun(name, data, async (client, run) => {
    const { dropped, optimizer } = accept(await client.rollBack(run.id, { step, changes }))
    const { steps, evaluations, pending, features } = dropped
    console.log(
      `${run.name} is at step ${step} again, paused. Dropped: ${steps} steps, ${evaluations} evaluations, ` +
        `${pending} that were still to come, ${features} sets of features.`,
    )
    if (optimizer === 'fresh') console.log('Its optimizer is another one, and starts afresh.')
    console.log(`Go on with: worldflora resume ${run.name}`)
  })
}
