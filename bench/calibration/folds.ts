/** Photos in tenths by observation. A fold is two of them; the tenth after it validates, the others train. */
import { foldsOf } from '@worldflora/model/calibrating'
import type { PhotoSet } from './real-photos.ts'

const TENTHS = 10
const SEED = 1
export const FOLDS = TENTHS / 2

/** Photos' places in the set. */
export type Fold = { train: number[]; validation: number[]; held: number[] }

export function foldsIn(set: PhotoSet): Fold[] {
  const tenths = foldsOf(observationsIn(set), TENTHS, SEED)
  return Array.from({ length: FOLDS }, (_, fold) => {
    const validationTenth = (2 * fold + 2) % TENTHS
    const at = (is: (tenth: number) => boolean) => [...tenths.keys()].filter((photo) => is(tenths[photo]!))
    return {
      held: at((tenth) => tenth >> 1 === fold),
      validation: at((tenth) => tenth === validationTenth),
      train: at((tenth) => tenth >> 1 !== fold && tenth !== validationTenth),
    }
  })
}

/** Of each photo, which plant it shows. */
export function observationsIn({ photos }: PhotoSet): string[] {
  return photos.map(({ species, observation }) => `${species} ${observation}`)
}
