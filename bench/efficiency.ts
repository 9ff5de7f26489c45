/**
 * What the platform costs one worker: its images/s through a real coordinator on loopback over those of a bare tfjs loop of the same
 * network and photos (`efficiency/loop-thread.ts` says what it does), measured in turns; and where its compute thread's time
 * goes. The run is efficiency/RUN.json; `--run` changes fields of it.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { withCoordinator } from '@worldflora/cli/coordinator-process'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { RunConfig } from '@worldflora/protocol/run-config'
import type { Spent } from '@worldflora/worker/session'
import * as v from 'valibot'
import { openLoop } from './efficiency/bare-loop.ts'
import type { LoopReport } from './efficiency/loop-thread.ts'
import { photosOfFlora } from './efficiency/photos.ts'
import { openPlatform, type Stretch } from './efficiency/platform-worker.ts'
import RUN from './efficiency/RUN.json' with { type: 'json' }
import { accept } from './platform/accept.ts'
import { ensureHerbarium } from './platform/herbarium.ts'
import type { Bench } from './runner/bench.ts'

const FLORA = { name: 'efficiency', seed: 1, species: 24, storedSize: 256, mostObservations: 16 }

export const bench: Bench = {
  about: 'one worker on loopback against a bare tfjs loop, and where its time goes',
  async run(flags, say) {
    const { values } = parseArgs({
      args: flags,
      options: {
        data: { type: 'string', default: join(tmpdir(), 'worldflora-bench-efficiency') },
        run: { type: 'string', default: '{}' },
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '10' },
      },
    })
    const name = `efficiency-${Date.now().toString(36)}`
    const config = v.parse(RunConfig, { ...RUN, ...JSON.parse(values.run), name })
    return withCoordinator(values.data, async ({ client, localUrl }) => {
      await ensureHerbarium(client, FLORA, say)
      const photos = await photosOfFlora(client, FLORA.name)
      const loop = await openLoop({ run: config, classes: FLORA.species, backend: 'wasm', photos })
      await stopOthers(client)
      const { id } = accept(await client.openRun(config))
      const platform = openPlatform(localUrl)
      const seconds = Number(values.seconds)
      const rounds: Round[] = []
      try {
        for (let round = 1; round <= Number(values.rounds); round++) {
          accept(await client.setState(id, 'running'))
          const stretch = await platform.measure(seconds, config)
          accept(await client.setState(id, 'paused'))
          await platform.rests()
          const bare = await loop.run(seconds)
          rounds.push({ stretch, bare })
          say(`round ${round}: ${JSON.stringify(rowOf(config, [rounds.at(-1)!]))}`)
        }
      } finally {
        await platform.stop()
        await loop.end()
        await client.setState(id, 'stopped')
      }
      return { bench: 'efficiency', rows: [rowOf(config, rounds)] }
    })
  },
}

/** Runs of a bench that was broken off would take their share. */
async function stopOthers(client: OperatorClient): Promise<void> {
  for (const { id, state } of accept(await client.status()).runs) {
    if (state === 'running') accept(await client.setState(id, 'stopped'))
  }
}

type Round = { stretch: Stretch; bare: LoopReport }

/** Shares are of the compute thread's time; an upload is beside it. */
function rowOf({ architecture, samplesPerTask, tasksPerStep, wire }: RunConfig, rounds: readonly Round[]) {
  const sum = (of: (round: Round) => number) => rounds.reduce((total, round) => total + of(round), 0)
  const ms = sum(({ stretch }) => stretch.ms)
  const share = (kind: keyof Spent) => sum(({ stretch }) => stretch.spent[kind]) / ms
  const busy = {
    compute: share('computeMs'),
    decode: share('decodeMs'),
    encode: share('encodeMs'),
    model: share('modelMs'),
  }
  const imagesPerSecond = (1000 * sum(({ stretch }) => stretch.images)) / ms
  const loopImagesPerSecond = (1000 * sum(({ bare }) => bare.images)) / sum(({ bare }) => bare.ms)
  return {
    run: 'bench/efficiency/RUN.json',
    architecture: architecture.name,
    width: 'width' in architecture ? architecture.width : null,
    imageSize: architecture.imageSize,
    batch: samplesPerTask * tasksPerStep,
    samplesPerTask,
    wire,
    backend: 'wasm',
    host: 'node',
    imagesPerSecond,
    loopImagesPerSecond,
    ratioToLoop: imagesPerSecond / loopImagesPerSecond,
    loopDecodeShare: sum(({ bare }) => bare.decodeMs) / sum(({ bare }) => bare.ms),
    computeShare: busy.compute,
    decodeShare: busy.decode,
    encodeShare: busy.encode,
    modelShare: busy.model,
    waitingShare: 1 - busy.compute - busy.decode - busy.encode - busy.model,
    uploadShare: sum(({ stretch }) => stretch.uploadMs) / ms,
  }
}
