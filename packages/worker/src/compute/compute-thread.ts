/** The thread's end of the border between session and compute part. Results are handed over, not copied. */
import type { Rejection } from '@worldflora/protocol/rejection'
import * as comlink from 'comlink'
import type { ComputePort, OnProgress } from '../session/compute-port.ts'
import { ComputePart } from './compute-part.ts'
import type { ComputeHost } from './device.ts'

/** As it crosses the border: a callback is a proxy, which holds a channel open until it is released. */
export type RemoteCompute = ComputePort

export function exposeCompute(host: ComputeHost, endpoint?: comlink.Endpoint): void {
  const part = new ComputePart(host)
  const remote: RemoteCompute = {
    open: (wish) => part.open(wish),
    heldCheckpoint: () => part.heldCheckpoint(),
    loadCheckpoint: (parts) => part.loadCheckpoint(parts),
    missingShards: (shards) => part.missingShards(shards),
    loadShard: (hash, bytes) => part.loadShard(hash, bytes),
    holdsTrainCounts: (hash) => part.holdsTrainCounts(hash),
    loadTrainCounts: (run, bytes) => part.loadTrainCounts(run, bytes),
    photosOf: async (entries, limit) => {
      const photos = await part.photosOf(entries, limit)
      return comlink.transfer(
        photos,
        photos.map((photo) => photo.buffer as ArrayBuffer),
      )
    },
    prepare: (request) => part.prepare(request),
    gradient: (request, onProgress) =>
      withProgress(onProgress, (progress) => part.gradient(request, progress)),
    sum: async (request) => handedOver(await part.sum(request)),
    release: (leaseId) => part.release(leaseId),
    evaluate: (request, onProgress) =>
      withProgress(onProgress, (progress) => part.evaluate(request, progress)),
    features: (request, onProgress) =>
      withProgress(onProgress, async (progress) => handedOver(await part.features(request, progress))),
    spent: () => part.spent(),
  }
  comlink.expose(remote, endpoint)
}

function handedOver(result: Uint8Array | Rejection): Uint8Array | Rejection {
  return result instanceof Uint8Array ? comlink.transfer(result, [result.buffer as ArrayBuffer]) : result
}

async function withProgress<T>(
  onProgress: OnProgress,
  task: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const proxy = onProgress as OnProgress & Partial<comlink.ProxyMethods>
  try {
    return await task((images) => void onProgress(images))
  } finally {
    proxy[comlink.releaseProxy]?.()
  }
}
