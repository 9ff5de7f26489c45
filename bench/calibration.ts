/**
 * Whether answers can be trusted, on a folder of real photos: the head trained on frozen features in five folds by observation, and its
 * calibration from a tenth of the photos, as a published model has it; each photo is measured by what has not seen it. Then whether other
 * pictures are refused. `npm run bench -- calibration --photos FOLDER --weights FOLDER`; several `--photos` are measured one after the other.
 */
import { convertPhoto } from '@worldflora/dataset/image-folder/photo-conversion'
import { drawNonPlant } from '@worldflora/dataset/non-plants'
import { openBackend } from '@worldflora/model/backend'
import {
  type Answered,
  expectedError,
  expectedErrorFloor,
  fitLinearHeads,
  fitPlantCheck,
  fitScores,
  foldsOf,
  joined,
  pick,
  type Rows,
  rowOf,
} from '@worldflora/model/calibrating'
import { linearScore, rollUp, shortlistOf, softmax } from '@worldflora/model/calibration'
import { openLookingNetwork } from '@worldflora/model/looking'
import { nodeAssets } from '@worldflora/model/node-assets'
import { openDecoder } from '@worldflora/model/photo'
import { bestOf } from '@worldflora/model/ranking'
import { otherPictures } from './calibration/others.ts'
import { ARCHITECTURE, type PhotoSet, photoSetIn, weightsIn } from './calibration/real-photos.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

/** A fold is two of these tenths; the tenth after it validates, the others train. */
const TENTHS = 10
const HEAD = { penalty: 0.01, iterations: 60 }
const DRAWN = 540
const SEED = 1

type Row = Record<string, string | number | null>

export const bench = defineBench({
  about:
    'calibration on real photos: expected error against its floor, refused plants and other pictures, roll-up',
  flags: {
    photos: flag.neededSeveral('FOLDER', 'real photos with their observations.csv'),
    weights: flag.needed('FOLDER', 'of MobileNetV2 0.50 at 96 px'),
    others: flag.optional(
      'FOLDER',
      'in which the packages of other pictures are unpacked already; else apt-get fetches them',
    ),
  },
  async run({ photos, weights, others: unpacked }, say) {
    await openBackend('wasm', nodeAssets)
    await openDecoder(nodeAssets)
    const network = openLookingNetwork({
      architecture: ARCHITECTURE,
      classes: 2,
      weights: await weightsIn(weights, ['a', 'b']),
    })
    const featuresOf = (photos: readonly { jpeg: Uint8Array }[]) => network.look(photos).features
    say('other pictures')
    const others = await storedOthers(await otherPictures(unpacked, say), say)
    const seenOthers = featuresOf(others)
    say(`drawing ${DRAWN} pictures without a plant`)
    const drawn: { jpeg: Uint8Array }[] = []
    for (let n = 0; n < DRAWN; n++)
      drawn.push(await drawNonPlant(SEED, n, Math.round(1.5 * ARCHITECTURE.imageSize)))
    const seenDrawn = featuresOf(drawn)
    const rows: Row[] = []
    for (const folder of photos) {
      const set = await photoSetIn(folder)
      say(`${set.name}: features of ${set.photos.length} photos`)
      const features = featuresOf(set.photos)
      const row = measure(
        { set, features, drawn: seenDrawn, others: seenOthers, kinds: others.map(({ kind }) => kind) },
        say,
      )
      say(JSON.stringify(row))
      rows.push(row)
    }
    network.dispose()
    return { bench: 'calibration', rows }
  },
})

type ToMeasure = { set: PhotoSet; features: Rows; drawn: Rows; others: Rows; kinds: string[] }

function measure({ set, features, drawn, others, kinds }: ToMeasure, say: (line: string) => void): Row {
  const { species, photos } = set
  const truth = photos.map((photo) => photo.species)
  const keys = photos.map((photo) => `${photo.species} ${photo.observation}`)
  const tenths = foldsOf(keys, TENTHS, SEED)
  const answers: Answered[] = []
  const asIs: Answered[] = []
  let [named, namedRight, listed, listedRight, refused, refusedOthers] = [0, 0, 0, 0, 0, 0]
  const refusedOf = new Map<string, number>()
  const temperatures: number[] = []
  for (let fold = 0; fold < TENTHS / 2; fold++) {
    const at = (is: (tenth: number) => boolean) => [...tenths.keys()].filter((row) => is(tenths[row]!))
    const validationTenth = (2 * fold + 2) % TENTHS
    const held = at((tenth) => tenth >> 1 === fold)
    const validation = at((tenth) => tenth === validationTenth)
    const train = at((tenth) => tenth >> 1 !== fold && tenth !== validationTenth)
    const heads = fitLinearHeads(
      pick(features, train),
      train.map((row) => truth[row]!),
      species.length,
      HEAD,
    )
    const logitsOf = (rows: readonly number[]): Rows => ({
      count: rows.length,
      width: species.length,
      values: Float32Array.from(
        rows.flatMap((row) => heads.map((head) => linearScore(head, rowOf(features, row)))),
      ),
    })
    const fitted = fitScores(
      species,
      logitsOf(validation),
      validation.map((row) => truth[row]!),
    )
    temperatures.push(fitted.temperature)
    const plants = [...validation, ...train]
    const { head, check } = fitPlantCheck(
      {
        features: joined(pick(features, validation), pick(features, train)),
        keys: plants.map((row) => keys[row]!),
        isHeldBack: plants.map((_, place) => place < validation.length),
      },
      drawn,
      SEED,
    )
    const logits = logitsOf(held)
    for (const [place, row] of held.entries()) {
      const scores = softmax(rowOf(logits, place), fitted.temperature)
      answers.push(bestAnswer(scores, truth[row]!))
      asIs.push(bestAnswer(softmax(rowOf(logits, place)), truth[row]!))
      if (linearScore(head, rowOf(features, row)) < check.threshold) refused++
      const answer = rollUp(species, scores, fitted.rollUp)
      const list = shortlistOf(scores, fitted.rollUp.shortlist)
      if (answer !== null) {
        named++
        if (answer.species.includes(truth[row]!)) namedRight++
      } else if (list !== null) {
        listed++
        if (list.includes(truth[row]!)) listedRight++
      }
    }
    for (const [row, kind] of kinds.entries()) {
      if (linearScore(head, rowOf(others, row)) >= check.threshold) continue
      refusedOthers++
      refusedOf.set(kind, (refusedOf.get(kind) ?? 0) + 1)
    }
    say(`${set.name}: fold ${fold + 1} of ${TENTHS / 2}`)
  }
  const folds = TENTHS / 2
  const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 1000)
  const countOf = (kind: string) => kinds.filter((one) => one === kind).length
  return {
    set: set.name,
    photos: photos.length,
    top1: share(answers.filter(({ isRight }) => isRight).length, answers.length),
    temperature: share(
      temperatures.reduce((sum, one) => sum + one, 0),
      folds,
    ),
    eceAsIs: expectedError(asIs),
    ece: expectedError(answers),
    eceFloor: expectedErrorFloor(answers, SEED),
    plantsRefused: share(refused, photos.length),
    others: kinds.length,
    othersRefused: share(refusedOthers, folds * kinds.length),
    ...Object.fromEntries(
      [...new Set(kinds)].map((kind) => [
        `refused ${kind}`,
        share(refusedOf.get(kind) ?? 0, folds * countOf(kind)),
      ]),
    ),
    named: share(named, photos.length),
    namedRight: share(namedRight, named),
    listed: share(listed, photos.length),
    listedRight: share(listedRight, listed),
  }
}

function bestAnswer(scores: Float32Array, truth: number): Answered {
  const [best, score] = bestOf(scores, 1)[0]!
  return { score: Math.min(1, score), isRight: best === truth }
}

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
