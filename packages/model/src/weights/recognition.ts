/** Under whose names weights are stored. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { list } from './fit.ts'
import { type Naming, namingsOf } from './naming.ts'
import { type Places, placesOf } from './places.ts'
import type { StoredWeights } from './stored-weights.ts'

export type Recognised = { naming: Naming; norm: 'batch' | 'none'; places: Places }

/** The naming, with norms or without, under which most of the stored tensors are known. */
export function recognise(
  { tensors }: StoredWeights,
  architecture: Architecture,
  classes: number,
): Recognised | Rejection {
  const candidates = namingsOf(architecture).flatMap((naming) =>
    (['batch', 'none'] as const).map((norm) => {
      const places = placesOf({ ...architecture, norm }, classes, naming)
      return {
        naming,
        norm,
        places,
        known: [...places.values()].filter(({ name }) => tensors.has(name)).length,
      }
    }),
  )
  const best = candidates.reduce((a, b) => (b.known > a.known ? b : a))
  if (best.known > 0) return best
  return reject(
    'unknown-names',
    `None of these weights has a name that is known for ${architecture.name}: ${list([...tensors.keys()])}.`,
    `Known are those of ${namingsOf(architecture)
      .map(({ of }) => of)
      .join(', ')}. Choose the architecture that the weights are of.`,
  )
}
