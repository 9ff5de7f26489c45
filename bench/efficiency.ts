/**
 * What the platform costs one worker: its images/s through a real coordinator on loopback over those of a bare tfjs loop of the same
 * network and photos (`efficiency/loop-thread.ts` says what it does), measured in turns; and where its compute thread's time
 * goes.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withCoordinator } from '@worldflora/cli/coordinator-process'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { openLoop } from './efficiency/bare-loop.ts'
import { photosOfFlora } from './efficiency/photos.ts'
import { openPlatform } from './efficiency/platform-worker.ts'
import { efficiencyRow, type Round } from './efficiency/row.ts'
import { OWN_RUN, readRun } from './efficiency/run-file.ts'
import { accept } from './platform/accept.ts'
import { changeOf } from './platform/change.ts'
import { ensureHerbarium } from './platform/herbarium.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const FLORA = { name: 'efficiency', seed: 1, species: 24, storedSize: 256, mostObservations: 16 }

export const bench = defineBench({
  about: 'one worker on loopback against a bare tfjs loop, and where its time goes',
  flags: {
    backend: flag.oneOf(['wasm', 'webgpu'], 'wasm', 'what the worker and the loop compute with'),
    run: flag.text('FILE', OWN_RUN, 'a RUN.json with SGD, without phases; its flora is the drawn one'),
    change: flag.fields('other values for fields of it'),
    rounds: flag.count(3, 'worker and loop in turns'),
    seconds: flag.seconds(10, 'of each, in each round'),
    data: flag.text(
      'FOLDER',
      join(tmpdir(), 'worldflora-bench-efficiency'),
      "the coordinator's, kept for the next time",
    ),
  },
  async run({ backend, run, change, rounds: roundCount, seconds, data }, say) {
    const config = await readRun(run, { ...change, flora: FLORA.name }, backend)
    return withCoordinator(data, async ({ client, localUrl }) => {
      await ensureHerbarium(client, FLORA, say)
      const photos = await photosOfFlora(client, FLORA.name)
      const loop = await openLoop({ run: config, classes: FLORA.species, backend, photos })
      await stopOthers(client)
      const { id } = accept(await client.openRun(config))
      const platform = openPlatform(localUrl, backend)
      const of = { run, change: changeOf(change), config, backend, adapter: loop.adapter }
      const rounds: Round[] = []
      try {
        for (let round = 1; round <= roundCount; round++) {
          accept(await client.setState(id, 'running'))
          const stretch = await platform.measure(seconds, config)
          accept(await client.setState(id, 'paused'))
          await platform.rests()
          const bare = await loop.run(seconds)
          rounds.push({ stretch, bare })
          say(`round ${round}: ${JSON.stringify(efficiencyRow({ ...of, rounds: rounds.slice(-1) }))}`)
        }
      } finally {
        await platform.stop()
        await loop.end()
        await client.setState(id, 'stopped')
      }
      return { bench: 'efficiency', rows: [efficiencyRow({ ...of, rounds })] }
    })
  },
})

/** Runs of a bench that was broken off would take their share. */
async function stopOthers(client: OperatorClient): Promise<void> {
  for (const { id, state } of accept(await client.status()).runs) {
    if (state === 'running') accept(await client.setState(id, 'stopped'))
  }
}
