/**
 * What it costs to name plants with weights in their compact form (ADR 18), on a folder of real photos: a head trained on frozen features in five folds by
 * observation; the held-back photos are named with the float32 weights and with what their compact form comes to.
 * `npm run bench -- quantisation --photos FOLDER --weights FOLDER`; several `--photos` are measured one after the other.
 */
import { openBackend } from '@worldflora/model/backend'
import { fitLinearHeads, foldsOf, pick, type Rows, rowOf } from '@worldflora/model/calibrating'
import { softmax } from '@worldflora/model/calibration'
import { openLookingNetwork } from '@worldflora/model/looking'
import { nodeAssets } from '@worldflora/model/node-assets'
import { headLayer, parameterSpecs, tensorName } from '@worldflora/model/parameters'
import { openDecoder } from '@worldflora/model/photo'
import { bestOf } from '@worldflora/model/ranking'
import { decodeCompact, encodeCompact } from '@worldflora/protocol/compact-weights'
import { layoutOf, type ParameterLayout, valuesOf } from '@worldflora/protocol/parameter-layout'
import { ARCHITECTURE, type PhotoSet, photoSetIn, weightsIn } from './calibration/real-photos.ts'
import { accept } from './platform/accept.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const FOLDS = 5
const HEAD = { penalty: 0.01, iterations: 60 }
const SEED = 1

export const bench = defineBench({
  about:
    'the compact weights on real photos: agreement with float32 in the first name, and how far scores move',
  flags: {
    photos: flag.neededSeveral('FOLDER', 'real photos with their observations.csv'),
    weights: flag.needed('FOLDER', 'of MobileNetV2 0.50 at 96 px'),
  },
  async run(given, say) {
    await openBackend('wasm', nodeAssets)
    await openDecoder(nodeAssets)
    const rows = []
    for (const folder of given.photos) {
      const set = await photoSetIn(folder)
      const weights = await weightsIn(
        given.weights,
        set.species.map(({ id }) => id),
      )
      const row = measure(set, weights, say)
      say(JSON.stringify(row))
      rows.push(row)
    }
    return { bench: 'quantisation', rows }
  },
})

function measure({ name, species, photos }: PhotoSet, backbone: Float32Array, say: (line: string) => void) {
  const classes = species.length
  const layout = layoutOf(parameterSpecs(ARCHITECTURE, classes))
  const truth = photos.map((photo) => photo.species)
  const keys = photos.map((photo) => `${photo.species} ${photo.observation}`)
  const folds = foldsOf(keys, FOLDS, SEED)
  const features = look(backbone, classes, photos).features
  const compactBytes = encodeCompact(backbone, layout).byteLength
  const moved: number[] = []
  let [agreed, right, rightCompact] = [0, 0, 0]
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = [...photos.keys()].filter((photo) => folds[photo] === fold)
    const train = [...photos.keys()].filter((photo) => folds[photo] !== fold)
    const heads = fitLinearHeads(
      pick(features, train),
      train.map((photo) => truth[photo]!),
      classes,
      HEAD,
    )
    const whole = withHead(backbone, layout, heads)
    const compact = accept(decodeCompact(encodeCompact(whole, layout), layout))
    const own = held.map((photo) => photos[photo]!)
    const [inFull, inCompact] = [whole, compact].map((weights) => look(weights, classes, own).logits) as [
      Rows,
      Rows,
    ]
    for (const [place, photo] of held.entries()) {
      const [a, b] = [inFull, inCompact].map((logits) => softmax(rowOf(logits, place))) as [
        Float32Array,
        Float32Array,
      ]
      const [best, bestCompact] = [bestOf(a, 1)[0]![0], bestOf(b, 1)[0]![0]]
      if (best === bestCompact) agreed++
      if (best === truth[photo]) right++
      if (bestCompact === truth[photo]) rightCompact++
      moved.push(Math.abs(a[best]! - b[best]!))
    }
    say(`${name}: fold ${fold + 1} of ${FOLDS}`)
  }
  moved.sort((a, b) => a - b)
  const share = (part: number) => Math.round((1000 * part) / photos.length) / 1000
  const movedAt = (quantile: number) =>
    Number(moved[Math.min(moved.length - 1, Math.floor(quantile * moved.length))]!.toPrecision(2))
  return {
    set: name,
    photos: photos.length,
    float32Bytes: 4 * layout.total,
    compactBytes,
    top1: share(right),
    top1Compact: share(rightCompact),
    agreed: share(agreed),
    movedP50: movedAt(0.5),
    movedP99: movedAt(0.99),
    movedMost: movedAt(1),
  }
}

function look(weights: Float32Array, classes: number, photos: PhotoSet['photos']) {
  const network = openLookingNetwork({ architecture: ARCHITECTURE, classes, weights })
  try {
    return network.look(photos, { logits: true })
  } finally {
    network.dispose()
  }
}

function withHead(
  weights: Float32Array,
  layout: ParameterLayout,
  heads: readonly Float32Array[],
): Float32Array {
  const head = headLayer(ARCHITECTURE, heads.length)
  const whole = weights.slice()
  const tensor = (name: string) => valuesOf(layout.entries.find(({ spec }) => spec.name === name)!, whole)
  const kernel = tensor(tensorName.weights(head))
  const bias = tensor(tensorName.bias(head))
  for (const [species, values] of heads.entries()) {
    for (let i = 0; i < head.inputs; i++) kernel[i * head.outputs + species] = values[i]!
    bias[species] = values[head.inputs]!
  }
  return whole
}
