import { parentPort, workerData } from 'node:worker_threads'
import { nodeAssets } from '@worldflora/model/node-assets'
import { type Direction, openStand, type StandOrder } from './network-stand.ts'

const order = workerData as StandOrder
if (order.backend === 'webgpu') {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]) }, configurable: true })
}
const stand = await openStand(order, nodeAssets)
parentPort!.on('message', async ({ direction, seconds }: { direction: Direction; seconds: number }) => {
  parentPort!.postMessage(await stand.measure(direction, seconds))
})
parentPort!.postMessage('open')
