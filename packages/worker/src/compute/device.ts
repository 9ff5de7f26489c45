/** Which backend computes here, and the proof of its class. A software adapter counts as no GPU (the backend refuses it). */
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { computeGoldenHash } from '@worldflora/model/golden-task'
import { openDecoder } from '@worldflora/model/photo'
import type { BackendName, Device } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { BackendChoice } from '../session/compute-port.ts'

/** What the compute part needs of the place where it runs. */
export type ComputeHost = {
  assets: BackendAssets
  /** Puts `gpu` on `navigator` where the platform does not by itself; `auto`: if it is cheap to know that there is one. */
  offerGpu(wish: 'auto' | 'asked'): Promise<void>
}

export async function openDevice(
  { backend, golden }: { backend: BackendChoice; golden: boolean },
  host: ComputeHost,
): Promise<Device | Rejection> {
  if (backend === 'auto') await host.offerGpu('auto')
  if (backend === 'webgpu') await host.offerGpu('asked')
  const opened = backend === 'auto' ? await openBest(host.assets) : await openBackend(backend, host.assets)
  if (isRejection(opened)) return opened
  await openDecoder(host.assets)
  return {
    ...opened,
    ...(golden && opened.backend === 'wasm' ? { goldenHash: await computeGoldenHash() } : {}),
  }
}

async function openBest(assets: BackendAssets): Promise<{ backend: BackendName } | Rejection> {
  const gpu = await openBackend('webgpu', assets).catch((error: unknown) => error)
  return isOpened(gpu) ? gpu : openBackend('wasm', assets)
}

function isOpened(value: unknown): value is { backend: BackendName; adapter?: string } {
  return typeof value === 'object' && value !== null && 'backend' in value
}
