/** The demo: a flora of invented species, drawn on this machine, and a run that learns it in a few minutes. */
import { createRequire } from 'node:module'
import { drawHerbarium } from '@worldflora/dataset/herbarium'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import type { OperatorClient } from './operator-client.ts'
import type { Progress } from './progress.ts'
import { accept } from './report.ts'

const DEMO_RUN = v.parse(RunConfig, createRequire(import.meta.url)('../demo-run.json'))
const DEMO_FLORA = DEMO_RUN.flora

/** Draws the demo flora if it is not there yet, and starts its run if there is no run at all. */
export async function ensureDemo(client: OperatorClient, progress: Progress): Promise<void> {
  const floras = accept(await client.floras())
  if (!floras.some((flora) => flora.name === DEMO_FLORA)) await drawDemoFlora(client, progress)
  const { runs } = accept(await client.status())
  if (runs.length === 0) accept(await client.openRun(DEMO_RUN))
}

async function drawDemoFlora(client: OperatorClient, progress: Progress): Promise<void> {
  const { manifest } = accept(
    await drawHerbarium({
      name: DEMO_FLORA,
      seed: 1,
      writeShard: async (hash, bytes) => {
        accept(await client.putBlob(hash, bytes))
      },
      onProgress: ({ done, total }) => progress.show(`Drawing the demo flora: ${done} of ${total} pictures`),
    }),
  )
  accept(await client.putFlora(manifest))
  progress.end('Drew the demo flora')
}
