/** `worldflora fork`: a new run that begins with a checkpoint of another. */
import { changesFrom } from '../changes-file.ts'
import { withRun } from '../named-run.ts'
import { accept } from '../report.ts'

type Options = { step: number; as: string; changes?: string; restart: boolean; data: string }

export async function fork(name: string, { step, as, changes: file, restart, data }: Options): Promise<void> {
  const changes = await changesFrom(file)
  await withRun(name, data, async (client, run) => {
    const forked = accept(await client.fork(run.id, { step, name: as, changes, restart }))
    const goesOn = forked.step === 0 ? 'begins anew at step 0' : `goes on at step ${forked.step}`
    console.log(`${as} (${forked.id}) has the weights of step ${step} of ${run.name}, and ${goesOn}.`)
    if (forked.optimizer === 'fresh') console.log('Its optimizer is another one, and starts afresh.')
  })
}
