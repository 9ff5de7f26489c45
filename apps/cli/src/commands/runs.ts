/** `worldflora runs`: what there is, in which state, and why. */
import type { RunStatus } from '@worldflora/protocol/runs'
import { withCoordinator } from '../coordinator-process.ts'
import { percent } from '../percent.ts'
import { accept } from '../report.ts'
import { table } from '../table.ts'

export async function runs(options: { data: string; json: boolean }): Promise<void> {
  await withCoordinator(options.data, async ({ client }) => {
    const { runs } = accept(await client.status())
    if (options.json) console.log(JSON.stringify(runs))
    else if (runs.length === 0) console.log('No runs yet. Start one: worldflora train RUN.json')
    else console.log(table(['run', 'state', 'step', 'epoch', 'top-1', 'id', 'why'], runs.map(rowOf)))
  })
}

function rowOf(run: RunStatus): string[] {
  const { name, state, step, steps, epoch, evaluation, id, reason, hint } = run
  const top1 = evaluation === null ? '' : `${percent(evaluation.top1)} ${evaluation.split}`
  return [name, state, `${step} of ${steps}`, epoch.toFixed(1), top1, id, reason ?? hint ?? '']
}
