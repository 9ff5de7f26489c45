/** The compute part in a worker thread of Node. */
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { nodeAssets } from '@worldflora/model/node-assets'
import type { Hash } from '@worldflora/protocol/ids'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { exposeCompute } from '../compute/compute-thread.ts'
import { offerDawn } from './dawn.ts'

if (parentPort === null) throw new Error('this file is the entry of a worker thread')

exposeCompute({ assets: nodeAssets, hashOf, offerGpu: offerDawn }, nodeEndpoint(parentPort))

function hashOf(bytes: Uint8Array): Hash {
  return createHash('sha256').update(bytes).digest('hex') as Hash
}
