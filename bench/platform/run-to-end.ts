/** A run from its configuration to its measured end, by the workers that are there. */
import { setTimeout as wait } from 'node:timers/promises'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { isRejection } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { RunDetail } from '@worldflora/protocol/runs'
import { accept } from './accept.ts'
import { Standstill } from './standstill.ts'

const LOOK_EVERY_MS = 250
const SAY_EVERY_MS = 10_000
/** On a machine that is busy with the run a question may go unanswered. */
const SILENCES_ACCEPTED = 40

export async function runToEnd(
  client: OperatorClient,
  config: RunConfig,
  say: (line: string) => void,
  onLook: (detail: RunDetail) => void = () => {},
): Promise<RunDetail> {
  const { id } = accept(await client.openRun(config))
  const standstill = new Standstill()
  let silences = 0
  for (let look = 0; ; look++) {
    const answer = await client.run(id)
    if (isRejection(answer) && answer.code === 'unreachable' && silences++ < SILENCES_ACCEPTED) {
      await wait(LOOK_EVERY_MS)
      continue
    }
    silences = 0
    const detail = accept(answer)
    onLook(detail)
    const { state, reason, hint, step, steps, imagesPerSecond, measured, evaluation } = detail.status
    if (measured) return detail
    if (state === 'paused' || state === 'stopped')
      throw new Error(`the run ${config.name} is ${state}: ${reason}`)
    const news = standstill.look(hint, performance.now())
    if (news !== null) say(`${config.name} waits: ${news}`)
    if (look % (SAY_EVERY_MS / LOOK_EVERY_MS) === 0) {
      const loss =
        evaluation?.loss === undefined ? '' : `, ${evaluation.split} loss ${evaluation.loss.toFixed(3)}`
      say(`${config.name}: step ${step} of ${steps}, ${imagesPerSecond.toFixed(0)} images/s${loss}`)
    }
    await wait(LOOK_EVERY_MS)
  }
}
