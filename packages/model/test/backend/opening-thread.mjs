/** A worker thread as the Node worker has them: opens the WASM backend and says how that went. */
import { parentPort } from 'node:worker_threads'
import '../../../../tools/typescript.mjs'

const { openBackend } = await import('@worldflora/model/backend')
const { nodeAssets } = await import('@worldflora/model/node-assets')
parentPort.postMessage(await openBackend('wasm', nodeAssets))
