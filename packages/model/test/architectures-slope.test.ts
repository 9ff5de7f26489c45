/**
 * That a whole network's gradient is the slope of its loss: two small steps along it change the loss by as much as its norm
 * says. Every path counts, those through a shortcut as well.
 */
import { layoutOf, TALLY, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeGradient } from '../src/gradient.ts'
import { initialWeights, parameterSpecs } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { BIASED, drawTask, SMALL_CNN, testRun, ZOO } from './test-run.ts'

const CLASSES = 5
const PHOTOS = 8

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

// At 32 px the deepest maps of the large ones are single pixels: of a few values normalised, and too crooked.
const NETWORKS = [SMALL_CNN, ...ZOO.map((each) => ({ ...each, imageSize: 64 })), BIASED]

test.each(NETWORKS)('$name, norm $norm: its gradient is the slope of its loss', async (architecture) => {
  const layout = layoutOf(parameterSpecs(architecture, CLASSES))
  const trainable = layout.quantised + layout.exact
  const work = {
    config: testRun({ architecture, samplesPerTask: PHOTOS }),
    classes: CLASSES,
    photos: await drawTask(PHOTOS, CLASSES),
    epoch: 0,
    step: 0,
    task: 0,
  }
  const weights = awake(initialWeights(architecture, CLASSES, 1), architecture)
  const sum = await computeGradient({ ...work, weights })
  const loss = sum[layout.total + TALLY.loss]!
  const norm = Math.sqrt(sum.subarray(0, trainable).reduce((total, value) => total + value * value, 0))
  // So far that the loss changes by a little.
  const distance = (0.0003 * loss) / norm
  const lossAt = async (far: number): Promise<number> => {
    const moved = weights.map((weight, i) => (i < trainable ? weight + (far * sum[i]!) / norm : weight))
    return (await computeGradient({ ...work, weights: moved }))[layout.total + TALLY.loss]!
  }
  const slope = ((await lossAt(distance)) - (await lossAt(-distance))) / (2 * distance)
  expect(Math.abs(slope / norm - 1)).toBeLessThan(0.03)
})

/** Norms that start at scale 0 would hide what lies before them. */
function awake(weights: Float32Array, architecture: Architecture): Float32Array {
  for (const entry of layoutOf(parameterSpecs(architecture, CLASSES)).entries) {
    const values = valuesOf(entry, weights)
    if (entry.spec.name.endsWith('/scale') && values[0] === 0) values.fill(0.5)
  }
  return weights
}
