/**
 * What a volunteer's line costs, and what each saving of bytes gives back: the same run over 10 Mbit/s up, 50 down, 40 ms there
 * and back (each worker's own line, shaped here), and over loopback. Real sessions and bytes over modelled compute. Deltas are
 * coded in every row: the coordinator writes no others.
 */
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import type { Line } from './link/shaped-link.ts'
import { parametersOf } from './modelled/contribution.ts'
import { drive } from './modelled/driven-run.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const LINE: Line = {
  up: { bytesPerSecond: 1_250_000, delayMs: 20 },
  down: { bytesPerSecond: 6_250_000, delayMs: 20 },
}

/** `imagesPerSecond`: of one worker, as a laptop may have it. */
const NETWORKS = {
  small: {
    architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 32 },
    species: 100,
    imagesPerSecond: 48,
  },
  large: {
    architecture: { name: 'mobilenet-v1', width: 1, imageSize: 32 },
    species: 300,
    imagesPerSecond: 16,
  },
} as const

/** Each with those before it. A worker and step has 128 images, whatever the task's size. */
const SAVINGS = [
  { saving: 'none', coding: 'plain', merging: false, samplesPerTask: 16 },
  { saving: '+ entropy coding', coding: 'coded', merging: false, samplesPerTask: 16 },
  { saving: '+ merging', coding: 'coded', merging: true, samplesPerTask: 16 },
  { saving: '+ larger tasks', coding: 'coded', merging: true, samplesPerTask: 64 },
] as const
const SAVING_NUMBERS = SAVINGS.map((_, n) => String(n))
const IMAGES_PER_WORKER = 128

export const bench = defineBench({
  about: 'images/s and bytes an image over 10 Mbit/s up, 50 down, 40 ms, with each saving of bytes in turn',
  flags: {
    networks: flag.someOf(['small', 'large'], ['small', 'large'], '0.24 and 3.5 million parameters'),
    savings: flag.someOf(SAVING_NUMBERS, SAVING_NUMBERS, 'none, entropy coding, merging, larger tasks'),
    workers: flag.count(4, 'modelled ones'),
    steps: flag.count(4, 'that are measured'),
  },
  async run({ networks, savings, workers, steps }, say) {
    const rows = []
    for (const network of networks) {
      for (const saving of savings.map((n) => SAVINGS[Number(n)]!)) {
        const of = { network: NETWORKS[network], saving, workers }
        const pair = await measurePair(of, steps, say)
        for (const row of pair) say(JSON.stringify(row))
        rows.push(...pair)
      }
    }
    return { bench: 'link', rows }
  },
})

type Measured = {
  network: (typeof NETWORKS)[keyof typeof NETWORKS]
  saving: (typeof SAVINGS)[number]
  workers: number
}

/** Over loopback, then over the line. */
async function measurePair(
  { network, saving, workers }: Measured,
  steps: number,
  say: (line: string) => void,
) {
  const { architecture, species, imagesPerSecond } = network
  const config = v.parse(RunConfig, {
    name: 'link',
    flora: 'modelled',
    backend: 'any',
    architecture,
    samplesPerTask: saving.samplesPerTask,
    tasksPerStep: (workers * IMAGES_PER_WORKER) / saving.samplesPerTask,
    steps: 100_000,
    evaluateEveryEpochs: 1e6,
    wire: 'int8',
    optimizer: { name: 'sgd', learningRate: 1e-4 },
  })
  const parameters = parametersOf(config, species)
  const rates = Array.from({ length: workers }, () => imagesPerSecond)
  const images = steps * workers * IMAGES_PER_WORKER
  const rows = []
  let onLoopback = 0
  for (const [link, line] of [
    ['loopback', null],
    ['10/50 Mbit/s, 40 ms', LINE],
  ] as const) {
    say(`${architecture.name} ${architecture.width}, ${parameters} parameters, ${link}, ${saving.saving}`)
    const { coding, merging } = saving
    const driven = await drive({ config, species, rates, churn: 0, steps, line, coding, merging }, say)
    const rate = (1000 * images) / (driven.stepEndsMs.at(-1)! - driven.startedMs)
    if (line === null) onLoopback = rate
    rows.push({
      architecture: `${architecture.name}-${architecture.width}`,
      parameters,
      link,
      saving: saving.saving,
      imagesPerSecond: rate,
      ratioToLoopback: rate / onLoopback,
      bytesUpPerImage: driven.bytesUp / images,
      bytesDownPerImage: driven.bytesDown / images,
    })
  }
  return rows
}
