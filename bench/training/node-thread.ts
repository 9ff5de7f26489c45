import { parentPort, workerData } from 'node:worker_threads'
import { nodeAssets } from '@worldflora/model/node-assets'
import { offerDawn } from '@worldflora/worker/dawn'
import { type Direction, openStand, type StandOrder } from './network-stand.ts'

type Asked = { direction: Direction; seconds: number }

const order = (workerData as { given: StandOrder }).given
if (order.backend === 'webgpu') await offerDawn('asked')
const stand = await openStand(order, nodeAssets)
// What else comes is for the thread's end.
parentPort!.on('message', async (asked: Asked | string) => {
  if (typeof asked === 'object') parentPort!.postMessage(await stand.measure(asked.direction, asked.seconds))
})
parentPort!.postMessage(stand.adapter)
