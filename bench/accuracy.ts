/**
 * Accuracy on a folder of real photos: a recipe (bench/accuracy/NAME.json, a RUN.json) trained through the platform and measured
 * on the test photos at the end of each phase. `npm run bench -- accuracy --photos FOLDER --weights FOLDER`. Recipes are chosen
 * with `--part choice`, which does not touch the test photos. `--flipped .2`: so many train observations are named wrongly first.
 */
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bringWeights } from '@worldflora/cli/bring-weights'
import { withCoordinator } from '@worldflora/cli/coordinator-process'
import { startLocalWorkers } from '@worldflora/cli/local-workers'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { openBackend } from '@worldflora/model/backend'
import { nodeAssets } from '@worldflora/model/node-assets'
import { openDecoder } from '@worldflora/model/photo'
import type { Evaluation } from '@worldflora/protocol/evaluation'
import { type Architecture, RunConfig } from '@worldflora/protocol/run-config'
import type { RunDetail } from '@worldflora/protocol/runs'
import * as v from 'valibot'
import { paired, rightAnswers } from './accuracy/paired.ts'
import { phaseClock } from './accuracy/phase-clock.ts'
import { bringPhotoSet, type Part, type PhotoSet } from './accuracy/photo-set.ts'
import { accept } from './platform/accept.ts'
import { runToEnd } from './platform/run-to-end.ts'
import type { Bench } from './runner/bench.ts'

const NO_AUGMENTATION = { crop: false, flip: false, color: 0 }

type Recipe = { [field: string]: unknown; architecture: Architecture; phases: { [field: string]: unknown }[] }
type Row = Record<string, string | number>

export const bench: Bench = {
  about:
    'accuracy on real photos after each phase, by image and by observation: seeds, with and without augmentation',
  async run(flags, say) {
    const { values } = parseArgs({
      args: flags,
      options: {
        photos: { type: 'string' },
        weights: { type: 'string' },
        recipe: { type: 'string', default: 'transfer' },
        part: { type: 'string', default: 'whole' },
        seeds: { type: 'string', default: '1,2,3' },
        augmentation: { type: 'string', default: 'on' },
        data: { type: 'string', default: join(tmpdir(), 'worldflora-bench-accuracy') },
        workers: { type: 'string', default: '2' },
        change: { type: 'string', default: '{}' },
        flipped: { type: 'string', default: '0' },
      },
    })
    const { photos, weights } = values
    const part = values.part as Part
    if (photos === undefined)
      throw new Error('Name a folder of photos with an observations.csv: --photos FOLDER.')
    const recipe = { ...(await recipeNamed(values.recipe)), ...JSON.parse(values.change) } as Recipe
    await openBackend('wasm', nodeAssets)
    await openDecoder(nodeAssets)
    return withCoordinator(values.data, async ({ client, localUrl }) => {
      const set = await bringPhotoSet(client, photos, { part, flipped: Number(values.flipped) })
      const { architecture } = recipe
      const initialWeights = weights && (await bringWeights(client, weights, architecture)).hash
      const workers = startLocalWorkers(localUrl, Number(values.workers))
      const rows: Row[] = []
      const note = (row: Row) => {
        say(JSON.stringify(row))
        rows.push(row)
      }
      try {
        for (const augmentation of values.augmentation.split(',')) {
          for (const seed of values.seeds.split(',').map(Number)) {
            const of = {
              set: set.name,
              recipe: values.recipe,
              architecture: architecture.name,
              augmentation,
              seed,
            }
            // Each time another run: one that is unfinished is of other settings.
            const name = `${of.set}-${of.recipe}-${augmentation}-${seed}-${Date.now().toString(36)}`
            const config = {
              ...(augmentation === 'off' ? withoutAugmentation(recipe) : recipe),
              ...(initialWeights === undefined ? {} : { initialWeights }),
              name,
              flora: set.name,
              seed,
            }
            const clock = phaseClock()
            const detail = await Promise.race([
              runToEnd(client, v.parse(RunConfig, config), say, clock.look),
              workers.failed,
            ])
            const ends = await endsOf(client, detail, part)
            for (const [phase, end] of ends.entries()) {
              note({ ...of, phase: phase + 1, ...measuresOf(end), minutes: clock.minutes[phase]! })
            }
            if (part === 'whole' && ends.length > 1)
              note({ ...of, ...(await gainOf(client, detail, ends, set)) })
          }
        }
        return { bench: 'accuracy', rows }
      } finally {
        await workers.stop()
      }
    })
  },
}

async function recipeNamed(name: string): Promise<Recipe> {
  return JSON.parse(await readFile(new URL(`accuracy/${name}.json`, import.meta.url), 'utf8')) as Recipe
}

/** One view of each photo is then all there is. */
function withoutAugmentation(recipe: Recipe): Recipe {
  const phases = recipe.phases.map(({ views: _, augmentation: __, ...phase }) => phase)
  return { ...recipe, augmentation: NO_AUGMENTATION, phases }
}

/** At the ends of the phases alone a recipe has its photos looked at. */
async function endsOf(client: OperatorClient, { status }: RunDetail, part: Part): Promise<Evaluation[]> {
  const { evaluations } = accept(await client.history(status.id))
  const watched = part === 'whole' ? 'test' : 'val'
  return evaluations.filter(({ split }) => split === watched).sort((a, b) => a.step - b.step)
}

function measuresOf({ top1, top5, observations }: Evaluation) {
  return { top1, top5, observationTop1: observations.top1, observationTop5: observations.top5 }
}

/** What the last phase has over the first, photo by photo. */
async function gainOf(
  client: OperatorClient,
  { status, config }: RunDetail,
  ends: Evaluation[],
  set: PhotoSet,
) {
  const rightAt = async ({ step }: Evaluation) => {
    const { bytes } = accept(await client.weights(status.id, step))
    const weights = new Float32Array((await wholeOf(bytes)).buffer)
    return rightAnswers(set.test, set.species, { architecture: config.architecture, weights })
  }
  const { gain, standardError } = paired(await rightAt(ends[0]!), await rightAt(ends.at(-1)!))
  return { gain, gainStandardError: standardError }
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return new Uint8Array(Buffer.concat(parts))
}
