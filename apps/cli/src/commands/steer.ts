/** `worldflora pause`, `resume`, `stop`: a run's state, as the operator wishes it. */
import { withRun } from '../named-run.ts'
import { accept } from '../report.ts'

const steer =
  (wish: 'running' | 'paused' | 'stopped') =>
  (name: string, options: { data: string }): Promise<void> =>
    withRun(name, options.data, async (client, run) => {
      const { status } = accept(await client.setState(run.id, wish))
      console.log(`${status.name} is ${status.state}, at step ${status.step} of ${status.steps}.`)
    })

export const pause = steer('paused')
export const resume = steer('running')
export const stop = steer('stopped')
