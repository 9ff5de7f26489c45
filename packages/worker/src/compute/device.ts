/**
 * Which backend computes here, and the proof of its class. A software adapter counts as no GPU (the backend refuses it). A GPU is
 * tried first: it must give the known answers, and be faster than the core that would compute instead.
 */
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { GOLDEN_HASH } from '@worldflora/model/golden-hash'
import { computeGoldenHash } from '@worldflora/model/golden-task'
import {
  answersTo,
  deviationFrom,
  imagesPerSecond,
  PACE_CASE,
  TRIAL_CASES,
  TRIAL_TOLERANCE,
  type TrialCase,
} from '@worldflora/model/gpu-trial'
import { openDecoder } from '@worldflora/model/photo'
import type { Hash } from '@worldflora/protocol/ids'
import type { Device } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { GpuTrial, Opened, OpenWish } from '../session/compute-port.ts'

/** What the compute part needs of the place where it runs. */
export type ComputeHost = {
  assets: BackendAssets
  /** SHA-256, where the platform has a faster one than ours that answers at once. */
  hashOf?: (bytes: Uint8Array) => Hash
  /** Puts `gpu` on `navigator` where the platform does not by itself; `auto`: if it is cheap to know that there is one. */
  offerGpu(wish: 'auto' | 'asked'): Promise<void>
  /** Default: refused. */
  softwareAdapter?: 'refused' | 'allowed'
  /** Default: `TRIAL_CASES` and `PACE_CASE`. Without a pace a sound GPU is used, however fast it is. */
  trial?: { cases: readonly TrialCase[]; pace: TrialCase | null }
}

export async function openDevice(wish: OpenWish, host: ComputeHost): Promise<Opened | Rejection> {
  const opened = await openWished(wish, host)
  if (isRejection(opened)) return opened
  await openDecoder(host.assets)
  if (!wish.golden || opened.device.backend !== 'wasm') return opened
  return { ...opened, device: { ...opened.device, goldenHash: await computeGoldenHash() } }
}

async function openWished(wish: OpenWish, host: ComputeHost): Promise<Opened | Rejection> {
  const { backend } = wish
  if (backend === 'wasm' || backend === 'cpu') return withoutTrial(await openBackend(backend, host.assets))
  await host.offerGpu(backend === 'auto' ? 'auto' : 'asked')
  const gpu = await openGpu(host).catch((error: unknown) => reject('no-gpu', String(error), 'Use wasm.'))
  if (isRejection(gpu))
    return backend === 'webgpu' ? gpu : withoutTrial(await openBackend('wasm', host.assets))
  const adapter = gpu.adapter ?? 'unnamed'
  const trial = wish.trial?.adapter === adapter ? wish.trial : await tryGpu(adapter, host)
  if (trial.verdict === 'used' || (trial.verdict === 'slower' && backend === 'webgpu')) {
    const opened = await openGpu(host)
    return isRejection(opened) ? opened : { device: opened, trial }
  }
  if (backend === 'webgpu') {
    return reject(
      'gpu-unfit',
      `${adapter} does not give the known answers: it cannot train.`,
      'Update its driver or the browser, or use the wasm backend.',
    )
  }
  const wasm = await openBackend('wasm', host.assets)
  return isRejection(wasm) ? wasm : { device: wasm, trial }
}

function openGpu({ assets, softwareAdapter = 'refused' }: ComputeHost) {
  return openBackend('webgpu', assets, { softwareAdapter })
}

function withoutTrial(device: Device | Rejection): Opened | Rejection {
  return isRejection(device) ? device : { device, trial: null }
}

/** Leaves any backend open. Without answers that are known to be right no GPU is used. */
async function tryGpu(adapter: string, host: ComputeHost): Promise<GpuTrial> {
  const { cases, pace } = host.trial ?? { cases: TRIAL_CASES, pace: PACE_CASE }
  const wasm = await openBackend('wasm', host.assets)
  await openDecoder(host.assets)
  if (isRejection(wasm) || (await computeGoldenHash()) !== GOLDEN_HASH) return { adapter, verdict: 'untried' }
  const known = await answersTo(cases)
  const processorPace = pace === null ? 0 : await imagesPerSecond(pace)
  try {
    const gpu = await openGpu(host)
    if (isRejection(gpu)) return { adapter, verdict: 'wrong-answers' }
    const deviation = deviationFrom(known, await answersTo(cases), cases)
    if (!(deviation < TRIAL_TOLERANCE)) return { adapter, verdict: 'wrong-answers' }
    const isFaster = pace === null || (await imagesPerSecond(pace)) > processorPace
    return { adapter, verdict: isFaster ? 'used' : 'slower' }
  } catch {
    return { adapter, verdict: 'wrong-answers' }
  }
}
