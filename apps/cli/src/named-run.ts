/** The run that a command names: the newest of that name, or the one of that id. */

import { reject } from '@worldflora/protocol/rejection'
import type { RunStatus } from '@worldflora/protocol/runs'
import { withCoordinator } from './coordinator-process.ts'
import type { OperatorClient } from './operator-client.ts'
import { accept, Refused } from './report.ts'

export async function withRun(
  name: string,
  data: string,
  task: (client: OperatorClient, run: RunStatus) => Promise<void>,
): Promise<void> {
  await withCoordinator(data, async ({ client }) => {
    const { runs } = accept(await client.status())
    const run = runs.findLast((run) => run.name === name) ?? runs.find((run) => run.id === name)
    if (run === undefined) {
      const names = [...new Set(runs.map((run) => run.name))].join(', ') || 'none'
      throw new Refused(reject('no-run', `There is no run called ${name}.`, `Runs here: ${names}.`))
    }
    await task(client, run)
  })
}
