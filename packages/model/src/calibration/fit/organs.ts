/** Which organ a photo shows: linear heads, one an organ, where the flora says it of enough photos. Needs an open backend. */
import { ORGANS, type Organ, type OrganCheck } from '@worldflora/protocol/calibration'
import { type LinearHead, linearScore } from '../heads.ts'
import { cutAt, foldsOf } from './folds.ts'
import { fitLinearHeads } from './linear-heads.ts'
import { pick, type Rows, rowOf } from './rows.ts'

/** With fewer photos an organ is not suggested. */
const FEWEST_PHOTOS = 20
const PENALTY = 0.01
const FOLDS = 5

/** A flora's own word for it: `leaf-front` is a leaf. */
export function organOf(label: string | undefined): Organ | null {
  return ORGANS.find((organ) => label === organ || label?.startsWith(`${organ}-`)) ?? null
}

export function fitOrgans(
  photos: { features: Rows; keys: readonly string[]; organs: readonly (Organ | null)[] },
  seed: number,
): { heads: LinearHead[]; check: OrganCheck } | null {
  const names = ORGANS.filter((organ) => photos.organs.filter((own) => own === organ).length >= FEWEST_PHOTOS)
  if (names.length < 2) return null
  const rows = [...photos.organs.keys()].filter((row) => names.some((name) => name === photos.organs[row]))
  const features = pick(photos.features, rows)
  const classOf = rows.map((row) => names.indexOf(photos.organs[row] as Organ))
  const folds = foldsOf(
    rows.map((row) => photos.keys[row]!),
    FOLDS,
    seed,
  )
  let right = 0
  for (let fold = 0; fold < FOLDS; fold++) {
    const { inside, outside } = cutAt(folds, fold)
    const of = outside.map((row) => classOf[row]!)
    const heads = fitLinearHeads(pick(features, outside), of, names.length, { penalty: PENALTY })
    for (const row of inside) if (bestHead(heads, rowOf(features, row)) === classOf[row]) right++
  }
  return {
    heads: fitLinearHeads(features, classOf, names.length, { penalty: PENALTY }),
    check: { names: [...names], right: right / rows.length, photos: rows.length },
  }
}

function bestHead(heads: readonly LinearHead[], features: ArrayLike<number>): number {
  let best = 0
  let highest = -Infinity
  for (const [n, head] of heads.entries()) {
    const score = linearScore(head, features)
    if (score <= highest) continue
    highest = score
    best = n
  }
  return best
}
