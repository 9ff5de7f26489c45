/** The worker's side of `tab-host.ts`: the first message is the order, the others say what to measure. */
import { type Direction, type NetworkStand, openStand, type StandOrder } from './network-stand.ts'

type Asked = StandOrder | { direction: Direction; seconds: number }

const scope = globalThis as unknown as {
  onmessage: (event: { data: Asked }) => void
  postMessage(message: object): void
}
const assets = {
  load: async (name: string) => new Uint8Array(await (await fetch(`/assets/${name}`)).arrayBuffer()),
}
let stand: NetworkStand | null = null

scope.onmessage = async ({ data }) => {
  try {
    if ('direction' in data) {
      scope.postMessage({ answer: await stand!.measure(data.direction, data.seconds) })
    } else {
      stand = await openStand(data, assets)
      scope.postMessage({ answer: stand.adapter })
    }
  } catch (error) {
    scope.postMessage({ error: String(error) })
  }
}
