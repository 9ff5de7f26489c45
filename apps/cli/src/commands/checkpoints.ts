/** `worldflora checkpoints`: what a run can be forked from or rolled back to, why it is kept, and what that weighs. */
import type { KeptCheckpoint } from '@worldflora/protocol/kept-checkpoints'
import { withRun } from '../named-run.ts'
import { percent } from '../percent.ts'
import { accept } from '../report.ts'
import { table } from '../table.ts'

export async function checkpoints(name: string, options: { data: string; json: boolean }): Promise<void> {
  await withRun(name, options.data, async (client, run) => {
    const kept = accept(await client.checkpoints(run.id))
    if (options.json) return console.log(JSON.stringify(kept))
    console.log(table(['step', 'epoch', 'kept as', 'top-1', 'checkpoint'], kept.checkpoints.map(rowOf)))
    console.log(`${(kept.bytes / 1e6).toFixed(1)} MB on the disk; the newest ${kept.newestKept} are kept.`)
  })
}

function rowOf({ step, epoch, why, evaluation, checkpoint }: KeptCheckpoint): string[] {
  const top1 = evaluation === null ? '' : `${percent(evaluation.top1)} ${evaluation.split}`
  return [String(step), epoch.toFixed(1), why.join(', '), top1, checkpoint]
}
