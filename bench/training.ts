/**
 * How fast the zoo's networks go forward, and forward and backward, beside PyTorch with the same network, size and batch (on one
 * thread; on a GPU if we are on one); in Node and in Chromium; and in two workers at once. What is compared is measured in turns,
 * round by round; a row has the medians. Forward is a network as it names plants (norms folded); training is a task as a volunteer
 * computes it, its photos drawn already and its gradient not encoded yet.
 */
import { BackendName } from '@worldflora/protocol/messages'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'
import type { Host, OpenHost } from './training/hosts.ts'
import type { StandOrder } from './training/network-stand.ts'
import { networkIn } from './training/networks.ts'
import { openInNode } from './training/node-host.ts'
import { type Round, trainingRow } from './training/row.ts'
import { openInTab } from './training/tab-host.ts'
import { openTorch } from './training/torch-peer.ts'

const HOSTS = { node: openInNode, chromium: openInTab } satisfies Record<string, OpenHost>
type HostName = keyof typeof HOSTS

export const bench = defineBench({
  about: 'images a second forward and training, by network and backend, beside PyTorch',
  flags: {
    networks: flag.listOf(
      'NAME:WIDTH:IMAGE_SIZE:BATCH,...',
      'mobilenet-v1:0.25:96:16,mobilenet-v2:0.35:96:16,resnet-50:1:224:4',
      'the networks, one after the other',
      networkIn,
    ),
    backends: flag.someOf(BackendName.options, ['wasm'], 'what computes'),
    hosts: flag.someOf(Object.keys(HOSTS) as HostName[], ['node', 'chromium'], 'where'),
    software: flag.onOff('webgpu may be computed by the processor (SwiftShader); the rows say so'),
    workers: flag.count(2, 'with wasm in Node: measure so many at once as well'),
    rounds: flag.count(3, 'rows have their medians'),
    seconds: flag.seconds(3, 'of training, in each round'),
    classes: flag.count(100, 'of the head'),
  },
  async run({ networks, backends, hosts, software, workers, rounds, seconds, classes }, say) {
    const rows = []
    for (const network of networks) {
      for (const backend of backends) {
        const order = { ...network, classes, backend, software: software ? 'allowed' : 'refused' } as const
        const plan = { hosts, workers: backend === 'wasm' ? workers : 1, rounds, seconds }
        for (const row of await rowsOf(order, plan, say)) {
          say(JSON.stringify(row))
          rows.push(row)
        }
      }
    }
    return { bench: 'training', rows }
  },
})

type Plan = { hosts: readonly HostName[]; workers: number; rounds: number; seconds: number }

async function rowsOf(order: StandOrder, plan: Plan, say: (line: string) => void) {
  const stands = new Map<HostName, Host>()
  const others: Host[] = []
  const torch = await openTorch(order, say)
  const rounds: Round[] = []
  try {
    for (const host of plan.hosts) stands.set(host, await HOSTS[host](order))
    const hasPlaceForMore = stands.has('node')
    for (let i = 1; hasPlaceForMore && i < plan.workers; i++) others.push(await openInNode(order))
    for (let round = 0; round < plan.rounds; round++) {
      const forward = new Map<string, number>()
      const training = new Map<string, number>()
      for (const [host, stand] of stands) {
        training.set(host, await stand.measure('training', plan.seconds))
        forward.set(host, await stand.measure('forward', plan.seconds / 2))
      }
      const rates = (await torch?.training(plan.seconds)) ?? null
      const together =
        others.length === 0 ? null : await sumOf([stands.get('node')!, ...others], plan.seconds)
      rounds.push({ forward, training, torch: rates, together })
    }
  } finally {
    torch?.close()
    for (const stand of [...stands.values(), ...others]) await stand.close()
  }
  const adapters = new Map([...stands].map(([host, { adapter }]) => [host, adapter]))
  const measured = { order, rounds, adapters, torch, workersTogether: others.length + 1 }
  return plan.hosts.map((host) => trainingRow(host, measured))
}

async function sumOf(stands: readonly Host[], seconds: number): Promise<number> {
  const rates = await Promise.all(stands.map((stand) => stand.measure('training', seconds)))
  return rates.reduce((sum, rate) => sum + rate, 0)
}
