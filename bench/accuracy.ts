/**
 * Accuracy on a folder of real photos: a recipe (bench/accuracy/NAME.json, a RUN.json) trained through the platform and measured
 * on the test photos at the end of each phase. `npm run bench -- accuracy --photos FOLDER --weights FOLDER`. Recipes are chosen
 * with `--part choice`, which does not touch the test photos. `--flipped .2`: so many train observations are named wrongly first.
 */
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { bringWeights } from '@worldflora/cli/bring-weights'
import { withCoordinator } from '@worldflora/cli/coordinator-process'
import { startLocalWorkers } from '@worldflora/cli/local-workers'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { openBackend } from '@worldflora/model/backend'
import { nodeAssets } from '@worldflora/model/node-assets'
import { openDecoder } from '@worldflora/model/photo'
import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { RunDetail } from '@worldflora/protocol/runs'
import { type Paired, paired, rightAnswers } from './accuracy/paired.ts'
import { phaseClock } from './accuracy/phase-clock.ts'
import { bringPhotoSet, type Part, type PhotoSet } from './accuracy/photo-set.ts'
import { RECIPES, readRecipe, refuseWithoutWeights, runOf } from './accuracy/recipe.ts'
import { gainRow, phaseRow } from './accuracy/row.ts'
import { weightsAt } from './accuracy/weights-at.ts'
import { accept } from './platform/accept.ts'
import { changeOf } from './platform/change.ts'
import { runToEnd } from './platform/run-to-end.ts'
import { type BenchRow, defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

export const bench = defineBench({
  about:
    'accuracy on real photos after each phase, by image and by observation: seeds, with and without augmentation',
  flags: {
    photos: flag.needed('FOLDER', 'real photos with their observations.csv'),
    weights: flag.optional('FOLDER', 'that the run begins with; recipes that train a head first need them'),
    recipe: flag.oneOf(RECIPES, 'transfer', 'the run'),
    change: flag.fields('other values for fields of it'),
    part: flag.oneOf(
      ['whole', 'choice'],
      'whole',
      'choice: its train part alone, cut in two, to choose recipes by',
    ),
    seeds: flag.seeds([1, 2, 3], 'a run each'),
    augmentation: flag.someOf(['on', 'off'], ['on'], 'off: the recipe without its own'),
    flipped: flag.share(0, 'of the train observations are named wrongly'),
    trusted: flag.share(0, 'of the train observations stay right and say so'),
    backend: flag.oneOf(['deterministic', 'any'], 'deterministic', 'any: a GPU may compute'),
    workers: flag.count(2, 'processes that compute; with a GPU one is enough'),
    data: flag.text(
      'FOLDER',
      join(tmpdir(), 'worldflora-bench-accuracy'),
      "the coordinator's, kept for the next time",
    ),
  },
  async run(flags, say) {
    const { photos, weights, part, flipped, trusted } = flags
    const recipe = await readRecipe(flags.recipe, flags.change)
    refuseWithoutWeights(flags.recipe, recipe, weights)
    const plans = flags.augmentation.map((augmentation) => {
      return { augmentation, planned: runOf(recipe, augmentation, flags.backend) }
    })
    await openBackend('wasm', nodeAssets)
    await openDecoder(nodeAssets)
    return withCoordinator(flags.data, async ({ client, localUrl }) => {
      const set = await bringPhotoSet(client, photos, { part, flipped, trusted })
      const brought =
        weights === null ? null : await bringWeights(client, weights, plans[0]!.planned.architecture)
      const workers = startLocalWorkers(localUrl, flags.workers)
      const rows: BenchRow[] = []
      const note = (row: BenchRow) => {
        say(JSON.stringify(row))
        rows.push(row)
      }
      try {
        for (const { augmentation, planned } of plans) {
          for (const seed of flags.seeds) {
            const config = {
              ...planned,
              ...(brought === null ? {} : { initialWeights: brought.hash }),
              // Each time another run: one that is unfinished is of other settings.
              name: `${set.name}-${flags.recipe}-${augmentation}-${seed}-${Date.now().toString(36)}`,
              flora: set.name,
              seed,
            }
            const of = {
              set: set.name,
              recipe: flags.recipe,
              change: changeOf(flags.change),
              weights: weights === null ? null : basename(resolve(weights)),
              augmentation,
              config,
            }
            const clock = phaseClock()
            const detail = await Promise.race([runToEnd(client, config, say, clock.look), workers.failed])
            const ends = await endsOf(client, detail, part)
            for (const [phase, end] of ends.entries()) note(phaseRow(of, phase, end, clock.minutes[phase]!))
            if (part === 'whole' && ends.length > 1)
              note(gainRow(of, await gainOf(client, detail, ends, set)))
          }
        }
        return { bench: 'accuracy', rows }
      } finally {
        await workers.stop()
      }
    })
  },
})

/** At the ends of the phases alone a recipe has its photos looked at. */
async function endsOf(client: OperatorClient, { status }: RunDetail, part: Part): Promise<Evaluation[]> {
  const { evaluations } = accept(await client.history(status.id))
  const watched = part === 'whole' ? 'test' : 'val'
  return evaluations.filter(({ split }) => split === watched).sort((a, b) => a.step - b.step)
}

/** What the last phase has over the first, photo by photo. */
async function gainOf(
  client: OperatorClient,
  { status, config }: RunDetail,
  ends: Evaluation[],
  set: PhotoSet,
): Promise<Paired> {
  const rightAt = async ({ step }: Evaluation) => {
    const weights = await weightsAt(client, status.id, step)
    return rightAnswers(set.test, set.species, { architecture: config.architecture, weights })
  }
  return paired(await rightAt(ends[0]!), await rightAt(ends.at(-1)!))
}
