/**
 * Whether answers can be trusted, on folders of real photos, in five folds by observation: what is trained on seven tenths is calibrated on
 * one, as a published model is, and measured on two. Then whether other pictures are refused.
 * `npm run bench -- calibration --photos FOLDER --weights FOLDER`: a linear head on frozen features; with `--recipe transfer` each fold is
 * trained through the platform. Several `--photos` are measured one after the other.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withCoordinator } from '@worldflora/cli/coordinator-process'
import { startLocalWorkers } from '@worldflora/cli/local-workers'
import { convertPhoto } from '@worldflora/dataset/image-folder/photo-conversion'
import { drawNonPlant } from '@worldflora/dataset/non-plants'
import { openBackend } from '@worldflora/model/backend'
import { nodeAssets } from '@worldflora/model/node-assets'
import { openDecoder } from '@worldflora/model/photo'
import { RECIPES, readRecipe, runOf } from './accuracy/recipe.ts'
import { frozenLearner } from './calibration/frozen.ts'
import { measure } from './calibration/measure.ts'
import { otherPictures } from './calibration/others.ts'
import { ARCHITECTURE, type PhotoSet, photoSetIn } from './calibration/real-photos.ts'
import type { Learner, Pictures } from './calibration/seen.ts'
import { trainedLearner } from './calibration/trained.ts'
import { type BenchRow, defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const DRAWN = 540
const SEED = 1
const FROZEN = 'frozen'

type LearnerFor = (folder: string, set: PhotoSet, pictures: Pictures) => Promise<Learner>

export const bench = defineBench({
  about:
    'calibration on real photos: expected error against its floor, refused plants and other pictures, roll-up',
  flags: {
    photos: flag.neededSeveral('FOLDER', 'real photos with their observations.csv'),
    weights: flag.needed('FOLDER', 'of MobileNetV2 0.50 at 96 px'),
    recipe: flag.oneOf(
      [FROZEN, ...RECIPES],
      FROZEN,
      'frozen: a linear head on features that stay as they are; else the run that each fold is trained with',
    ),
    workers: flag.count(2, 'processes that compute the runs'),
    data: flag.text(
      'FOLDER',
      join(tmpdir(), 'worldflora-bench-accuracy'),
      "the coordinator's, where runs are trained; kept for the next time",
    ),
    others: flag.optional(
      'FOLDER',
      'in which the packages of other pictures are unpacked already; else apt-get fetches them',
    ),
  },
  async run({ photos, weights, recipe, workers: workerCount, data, others: unpacked }, say) {
    await openBackend('wasm', nodeAssets)
    await openDecoder(nodeAssets)
    say('other pictures')
    const others = await storedOthers(await otherPictures(unpacked, say), say)
    say(`drawing ${DRAWN} pictures without a plant`)
    const drawn: { jpeg: Uint8Array }[] = []
    for (let n = 0; n < DRAWN; n++)
      drawn.push(await drawNonPlant(SEED, n, Math.round(1.5 * ARCHITECTURE.imageSize)))
    const kinds = others.map(({ kind }) => kind)

    const rows: BenchRow[] = []
    const measureAll = async (learnerFor: LearnerFor) => {
      for (const folder of photos) {
        const set = await photoSetIn(folder)
        say(`${set.name}: ${set.photos.length} photos`)
        const learn = await learnerFor(folder, set, { photos: set.photos, drawn, others })
        const row = { ...(await measure({ set, kinds }, learn, say)), recipe }
        say(JSON.stringify(row))
        rows.push(row)
      }
    }
    if (recipe === FROZEN) await measureAll((_, set, pictures) => frozenLearner(weights, set, pictures))
    else {
      const planned = { ...runOf(await readRecipe(recipe, {}), 'on', 'deterministic'), seed: SEED }
      await withCoordinator(data, async ({ client, localUrl }) => {
        const workers = startLocalWorkers(localUrl, workerCount)
        const training = { client, recipe: planned, weights, failed: workers.failed, say }
        try {
          await measureAll(async (folder, set, pictures) => trainedLearner(training, folder, set, pictures))
        } finally {
          await workers.stop()
        }
      })
    }
    return { bench: 'calibration', rows }
  },
})

/** As they would be stored. */
async function storedOthers(
  pictures: readonly { kind: string; bytes: Uint8Array }[],
  say: (line: string) => void,
) {
  const stored: { kind: string; jpeg: Uint8Array }[] = []
  for (const { kind, bytes } of pictures) {
    const converted = await convertPhoto(bytes, 256)
    if (converted.kind === 'converted') stored.push({ kind, jpeg: converted.jpeg })
    else say(`left out: ${converted.reason}`)
  }
  return stored
}
