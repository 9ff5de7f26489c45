/** A linear head, fitted on the features of weights that stay as they are. */
import { fitLinearHeads, pick, rowOf } from '@worldflora/model/calibrating'
import { linearScore } from '@worldflora/model/calibration'
import { openLookingNetwork } from '@worldflora/model/looking'
import { ARCHITECTURE, type PhotoSet, weightsIn } from './real-photos.ts'
import { featuresOf, type Learner, type Pictures } from './seen.ts'

const HEAD = { penalty: 0.01, iterations: 60 }

export async function frozenLearner(weights: string, set: PhotoSet, pictures: Pictures): Promise<Learner> {
  const network = openLookingNetwork({
    architecture: ARCHITECTURE,
    classes: 2,
    weights: await weightsIn(weights, ['a', 'b']),
  })
  const seen = featuresOf(network, pictures)
  network.dispose()
  const { features } = seen
  const width = set.species.length
  return async ({ train }) => {
    const truth = train.map((photo) => set.photos[photo]!.species)
    const heads = fitLinearHeads(pick(features, train), truth, width, HEAD)
    const values = set.photos.flatMap((_, photo) =>
      heads.map((head) => linearScore(head, rowOf(features, photo))),
    )
    return { ...seen, logits: { count: set.photos.length, width, values: Float32Array.from(values) } }
  }
}
