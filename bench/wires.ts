/**
 * What the narrow wires cost in accuracy: the same run at float32, int16 and int8, three seeds, through the platform (a real
 * coordinator, local WASM workers), on a drawn flora that holds more than 5,000 photos back. `npm run bench -- wires`;
 * beside it, `--wires float32 --nudge 1e-3` tells how far two runs at float32 come apart by themselves.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withCoordinator } from '@worldflora/cli/coordinator-process'
import { startLocalWorkers } from '@worldflora/cli/local-workers'
import { hashOf } from '@worldflora/protocol/hash'
import { RunConfig, Wire } from '@worldflora/protocol/run-config'
import type { RunDetail } from '@worldflora/protocol/runs'
import * as v from 'valibot'
import { changeOf } from './platform/change.ts'
import { ensureHerbarium } from './platform/herbarium.ts'
import { runToEnd } from './platform/run-to-end.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const DRAWN = {
  seed: 1,
  species: 8,
  storedSize: 40,
  clutter: 0.2,
  mostObservations: 1800,
  fewestObservations: 1500,
  heldBackTenths: 3,
}
/** Drawn otherwise it is another flora, and has another name. */
const FLORA = { name: `wires-${markOf(DRAWN)}`, ...DRAWN }

/** A low rate on purpose: at higher ones two runs at float32 that differ in their last bits alone end a per cent apart. */
const RUN = {
  flora: FLORA.name,
  architecture: { name: 'small-cnn', width: 1, imageSize: 32 },
  samplesPerTask: 128,
  tasksPerStep: 2,
  epochs: 40,
  evaluateEveryEpochs: 1000,
  optimizer: {
    name: 'sgd',
    learningRate: 0.01,
    momentum: 0.9,
    weightDecay: 5e-4,
    schedule: 'cosine',
    warmupEpochs: 3,
    ema: 0.99,
  },
  augmentation: { crop: true, flip: true, color: 0.1 },
}

export const bench = defineBench({
  about: 'accuracy at float32, int16 and int8: three seeds, more than 5,000 held-back photos',
  flags: {
    wires: flag.someOf(Wire.options, Wire.options.toReversed(), 'how gradients and updates travel'),
    seeds: flag.seeds([1, 2, 3], 'a run each'),
    workers: flag.count(2, 'processes that compute'),
    nudge: flag.share(0, 'the learning rate is larger by this part'),
    change: flag.fields("other values for fields of the bench's run"),
    data: flag.text(
      'FOLDER',
      join(tmpdir(), 'worldflora-bench-wires'),
      "the coordinator's, kept for the next time",
    ),
  },
  async run({ wires, seeds, workers: workerCount, nudge, change, data }, say) {
    return withCoordinator(data, async ({ client, localUrl }) => {
      const photos = await ensureHerbarium(client, FLORA, say)
      say(`photos: ${JSON.stringify(photos)}`)
      const workers = startLocalWorkers(localUrl, workerCount)
      try {
        const rows: Row[] = []
        for (const seed of seeds) {
          for (const wire of wires) {
            const config = configOf({ ...nudged({ ...RUN, ...change }, nudge), wire, seed })
            const detail = await Promise.race([runToEnd(client, config, say), workers.failed])
            const row = { wire, seed, nudge, change: changeOf(change), ...resultOf(detail) }
            say(JSON.stringify(row))
            rows.push(row)
          }
        }
        return { bench: 'wires', rows }
      } finally {
        await workers.stop()
      }
    })
  },
})

/** A run that was begun under other settings is another run, and has another name. */
function configOf(fields: { wire: string; seed: number }): RunConfig {
  return v.parse(RunConfig, { ...fields, name: `wires-${fields.wire}-${fields.seed}-${markOf(fields)}` })
}

function markOf(fields: object): string {
  return hashOf(new TextEncoder().encode(JSON.stringify(fields))).slice(0, 8)
}

/**
 * The same run with a rate that differs by so small a part. What two runs at float32 come to differ by is the scatter of
 * training itself: a wire's difference means something only beyond it.
 */
function nudged(run: typeof RUN, part: number): typeof RUN {
  const { learningRate } = run.optimizer
  return { ...run, optimizer: { ...run.optimizer, learningRate: learningRate * (1 + part) } }
}

type Row = { wire: string; seed: number; nudge: number; change: string | null } & ReturnType<typeof resultOf>

/** top-1 is of all photos that were held back, validation and test together. */
function resultOf({ status, trainingSeconds, testEvaluation }: RunDetail) {
  const val = status.evaluation!
  const test = testEvaluation!
  const photos = val.photos + test.photos
  return {
    validationLoss: val.loss!,
    top1: (val.top1 * val.photos + test.top1 * test.photos) / photos,
    photos,
    seconds: trainingSeconds,
    checkpoint: status.checkpoint,
  }
}
