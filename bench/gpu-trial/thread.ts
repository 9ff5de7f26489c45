import { parentPort, workerData } from 'node:worker_threads'
import { openBackend } from '@worldflora/model/backend'
import {
  answersTo,
  deviationFrom,
  imagesPerSecond,
  PACE_CASE,
  TRIAL_CASES,
} from '@worldflora/model/gpu-trial'
import { nodeAssets } from '@worldflora/model/node-assets'
import { isRejection } from '@worldflora/protocol/rejection'
import { offerDawn } from '@worldflora/worker/dawn'

export type TrialOrder = { softwareAdapter: 'refused' | 'allowed' }
export type TrialOutcome =
  | { refused: string }
  | { adapter: string; deviations: number[]; imagesPerSecond: number }

const { softwareAdapter } = (workerData as { given: TrialOrder }).given
parentPort!.postMessage(await outcome())

async function outcome(): Promise<TrialOutcome> {
  await offerDawn('asked')
  await openBackend('wasm', nodeAssets)
  const known = await answersTo(TRIAL_CASES)
  const opened = await openBackend('webgpu', nodeAssets, { softwareAdapter })
  if (isRejection(opened)) return { refused: `${opened.message} ${opened.action}` }
  const answers = await answersTo(TRIAL_CASES)
  const deviations = TRIAL_CASES.map((one, n) => deviationFrom([known[n]!], [answers[n]!], [one]))
  return { adapter: opened.adapter!, deviations, imagesPerSecond: await imagesPerSecond(PACE_CASE) }
}
