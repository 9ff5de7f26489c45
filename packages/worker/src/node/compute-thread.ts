/** The compute part in a worker thread of Node. */
import { parentPort } from 'node:worker_threads'
import { nodeAssets } from '@worldflora/model/node-assets'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { exposeCompute } from '../compute/compute-thread.ts'
import { offerDawn } from './dawn.ts'

if (parentPort === null) throw new Error('this file is the entry of a worker thread')

exposeCompute({ assets: nodeAssets, offerGpu: offerDawn }, nodeEndpoint(parentPort))
