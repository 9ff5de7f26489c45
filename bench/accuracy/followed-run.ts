/** A run from its beginning to its measured end, with the wall-clock time that each of its phases took. */
import { setTimeout as wait } from 'node:timers/promises'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import type { RunDetail } from '@worldflora/protocol/http'
import { accept } from '../platform/accept.ts'

const LOOK_EVERY_MS = 500
const SAY_EVERY_MS = 20_000

export type FollowedRun = { detail: RunDetail; minutes: number[] }

/** `minutes[n]`: of the n-th phase, features and measuring included. */
export async function followRun(
  client: OperatorClient,
  config: object,
  say: (line: string) => void,
): Promise<FollowedRun> {
  const { id } = accept(await client.openRun(config as never))
  const minutes: number[] = []
  let lookedAtMs = performance.now()
  for (let look = 0; ; look++) {
    const detail = accept(await client.run(id))
    const { state, reason, step, steps, imagesPerSecond, measured, phase, evaluation } = detail.status
    const number = (phase?.number ?? 1) - 1
    const nowMs = performance.now()
    minutes[number] = (minutes[number] ?? 0) + (nowMs - lookedAtMs) / 60_000
    lookedAtMs = nowMs
    if (measured) return { detail, minutes }
    if (state === 'paused' || state === 'stopped')
      throw new Error(`${detail.config.name} is ${state}: ${reason}`)
    if (look % (SAY_EVERY_MS / LOOK_EVERY_MS) === 0) {
      const top1 = evaluation === null ? '' : `, ${evaluation.split} top-1 ${evaluation.top1.toFixed(3)}`
      say(`${detail.config.name}: step ${step} of ${steps}, ${imagesPerSecond.toFixed(0)} images/s${top1}`)
    }
    await wait(LOOK_EVERY_MS)
  }
}
