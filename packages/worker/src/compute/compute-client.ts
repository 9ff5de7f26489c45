/** The session's end of the border between session and compute part. What is given is handed over, not copied. */
import * as comlink from 'comlink'
import type { ComputePort } from '../session/compute-port.ts'
import type { RemoteCompute } from './compute-thread.ts'

export function connectCompute(endpoint: comlink.Endpoint): ComputePort {
  const remote = comlink.wrap<RemoteCompute>(endpoint)
  return {
    open: (wish) => remote.open(wish),
    heldCheckpoint: () => remote.heldCheckpoint(),
    loadCheckpoint: (parts) => {
      const deltas = parts.deltas.map(withOwnBuffer)
      const base = parts.base === null ? null : withOwnBuffer(parts.base)
      const blobs = base === null ? deltas : [base, ...deltas]
      return remote.loadCheckpoint(
        comlink.transfer(
          { ...parts, base, deltas },
          blobs.map((blob) => blob.buffer),
        ),
      )
    },
    missingShards: (shards) => remote.missingShards(shards),
    loadShard: (hash, bytes) => {
      const shard = withOwnBuffer(bytes)
      return remote.loadShard(hash, comlink.transfer(shard, [shard.buffer]))
    },
    holdsTrainCounts: (hash) => remote.holdsTrainCounts(hash),
    loadTrainCounts: (run, bytes) => {
      const counts = withOwnBuffer(bytes)
      return remote.loadTrainCounts(run, comlink.transfer(counts, [counts.buffer]))
    },
    photosOf: (entries, limit) => remote.photosOf(entries, limit),
    prepare: (request) => remote.prepare(request),
    gradient: (request, onProgress) => remote.gradient(request, comlink.proxy(onProgress)),
    sum: (request) => remote.sum(request),
    release: (leaseId) => remote.release(leaseId),
    evaluate: (request, onProgress) => remote.evaluate(request, comlink.proxy(onProgress)),
    features: (request, onProgress) => remote.features(request, comlink.proxy(onProgress)),
    spent: () => remote.spent(),
  }
}

/** Only a whole buffer can be handed over. */
function withOwnBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
  return whole ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice()
}
