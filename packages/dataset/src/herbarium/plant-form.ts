/**
 * The shape grammar: what an invented species looks like, apart from its colours, which every photo draws from one
 * distribution that all species share. As in nature, a family shares the build of its flowers and fruits, a genus its kind
 * of leaf and petal, and species of one genus differ in outline, margin and proportions.
 */
import { RandomStream } from '@worldflora/protocol/random'
import type { Kinship } from './taxonomy.ts'

/**
 * Half the width of a blade or petal at t in [0, 1] from base to tip is `width / 2 * t^base (1-t)^tip`, scaled to a largest value
 * of 1: small exponents are blunt, large ones are drawn out.
 */
export type Outline = {
  name: OutlineName
  /** Width to length. */
  width: number
  base: number
  tip: number
  /** How far the base's lobes reach back behind the stalk, as a part of the length. */
  heart: number
}
const OUTLINES = {
  ovate: { width: 0.62, base: 0.55, tip: 1.0, heart: 0 },
  lanceolate: { width: 0.27, base: 0.7, tip: 1.2, heart: 0 },
  cordate: { width: 0.88, base: 0.45, tip: 1.0, heart: 0.16 },
  obovate: { width: 0.56, base: 1.3, tip: 0.42, heart: 0 },
  orbicular: { width: 0.98, base: 0.5, tip: 0.5, heart: 0.04 },
  elliptic: { width: 0.45, base: 0.75, tip: 0.75, heart: 0 },
  deltoid: { width: 0.85, base: 0.16, tip: 1.05, heart: 0.03 },
  rhombic: { width: 0.66, base: 1.25, tip: 1.25, heart: 0 },
  spatulate: { width: 0.42, base: 2.4, tip: 0.36, heart: 0 },
  linear: { width: 0.12, base: 0.25, tip: 0.5, heart: 0 },
} as const
export type OutlineName = keyof typeof OUTLINES
const OUTLINE_NAMES = Object.keys(OUTLINES) as OutlineName[]

const MARGINS = ['entire', 'serrate', 'crenate', 'lobed', 'spiny'] as const
export type Margin = { kind: (typeof MARGINS)[number]; teeth: number; depth: number }

const LEAF_KINDS = ['simple', 'palmate', 'pinnate', 'trifoliate', 'fan', 'fern'] as const
export type LeafForm = {
  kind: (typeof LEAF_KINDS)[number]
  outline: Outline
  margin: Margin
  /** `midrib`: no side veins to be seen. */
  venation: 'pinnate' | 'parallel' | 'palmate' | 'midrib'
  /** Lobes or leaflets (pairs, where pinnate). */
  leaflets: number
}

const FLOWER_KINDS = ['radial', 'daisy', 'bell', 'lipped', 'umbel', 'spike'] as const
const MARKINGS = ['plain', 'eyed', 'striped', 'tipped', 'edged'] as const
export type FlowerForm = {
  kind: (typeof FLOWER_KINDS)[number]
  petals: number
  petal: { width: number; base: number; tip: number; notch: number }
  /** A second whorl of petals stands in the gaps of the first. */
  whorls: 1 | 2
  /** Radius of the centre, as a part of the flower's. */
  centre: number
  stamens: number
  /** Where the petals are darker: a pattern, not a colour. */
  marking: (typeof MARKINGS)[number]
  /** Of an inflorescence. */
  blossoms: number
}

const FRUIT_KINDS = ['berries', 'pods', 'capsules', 'samaras', 'hips', 'burrs', 'cones'] as const
export type FruitForm = { kind: (typeof FRUIT_KINDS)[number]; count: number; width: number }

export type HabitForm = { phyllotaxy: 'alternate' | 'opposite' | 'whorled' | 'rosette'; nodes: number }

export type PlantForm = { leaf: LeafForm; flower: FlowerForm; fruit: FruitForm; habit: HabitForm }

const PETALS = {
  round: { width: 0.85, base: 0.8, tip: 0.4, notch: 0 },
  pointed: { width: 0.5, base: 0.8, tip: 1.1, notch: 0 },
  narrow: { width: 0.24, base: 0.6, tip: 0.6, notch: 0 },
  notched: { width: 0.8, base: 1.1, tip: 0.3, notch: 0.22 },
  clawed: { width: 0.62, base: 2.2, tip: 0.35, notch: 0 },
} as const
const PETAL_NAMES = Object.keys(PETALS) as (keyof typeof PETALS)[]
const PETAL_COUNTS = [5, 4, 6, 3, 8, 12]
const PHYLLOTAXIES: HabitForm['phyllotaxy'][] = ['alternate', 'opposite', 'whorled', 'rosette']

/** Places in the herbarium's streams; see also photo-plan.ts. */
const FAMILY_STREAM = 1
const GENUS_STREAM = 2
const SPECIES_STREAM = 3
const ORDER_STREAM = 4

export function inventForm(seed: number, kin: Kinship): PlantForm {
  const ordered = <T>(items: readonly T[], what: number): T[] =>
    new RandomStream(seed, 'herbarium', ORDER_STREAM, what).shuffle([...items])
  const family = new RandomStream(seed, 'herbarium', FAMILY_STREAM, kin.family)
  const genus = new RandomStream(seed, 'herbarium', GENUS_STREAM, kin.genus)
  const own = new RandomStream(seed, 'herbarium', SPECIES_STREAM, kin.species)

  // Neighbours take different items of one shuffled list: kin are told apart as long as the list is long enough.
  const flowerKind = nth(ordered(FLOWER_KINDS, 0), kin.family)
  const fruitKind = nth(ordered(FRUIT_KINDS, 1), kin.family)
  const leafKind = nth(ordered(LEAF_KINDS, 2), kin.genus)
  const petalName = nth(ordered(PETAL_NAMES, 3), kin.genus)
  const petals = nth(ordered(PETAL_COUNTS, 4), kin.genus + family.below(2))
  const outlines = new RandomStream(seed, 'herbarium', ORDER_STREAM, 5, kin.genus).shuffle(
    outlinesFor(leafKind),
  )
  const margins = new RandomStream(seed, 'herbarium', ORDER_STREAM, 6, kin.genus).shuffle([...MARGINS])
  const markings = new RandomStream(seed, 'herbarium', ORDER_STREAM, 7, kin.genus).shuffle([...MARKINGS])
  const outline = nth(outlines, kin.inGenus)

  return {
    leaf: {
      kind: leafKind,
      outline: stretched({ name: outline, ...OUTLINES[outline] }, own),
      margin: marginOf(nth(margins, kin.inGenus), own),
      venation:
        leafKind === 'simple' ? (['pinnate', 'parallel', 'palmate'] as const)[genus.below(3)]! : 'pinnate',
      leaflets: leafletsOf(leafKind, own),
    },
    flower: {
      kind: flowerKind,
      petals: flowerKind === 'daisy' ? 9 + 4 * own.below(4) : petals,
      petal: { ...PETALS[petalName], width: PETALS[petalName].width * (0.85 + 0.3 * own.uniform()) },
      whorls: genus.below(3) === 0 ? 2 : 1,
      centre: [0.13, 0.22, 0.32][own.below(3)]!,
      stamens: [0, 6, 12][own.below(3)]!,
      marking: nth(markings, kin.inGenus),
      blossoms: [11, 7, 15][kin.inGenus % 3]!,
    },
    fruit: {
      kind: fruitKind,
      count: 1 + ((genus.below(5) + 2 * kin.inGenus) % 5),
      width: 0.6 + 0.8 * own.uniform(),
    },
    habit: { phyllotaxy: PHYLLOTAXIES[genus.below(4)]!, nodes: 3 + own.below(4) },
  }
}

function nth<T>(items: readonly T[], n: number): T {
  return items[n % items.length]!
}

function outlinesFor(kind: LeafForm['kind']): OutlineName[] {
  const leaflets: OutlineName[] = ['ovate', 'lanceolate', 'obovate', 'orbicular', 'linear', 'rhombic']
  return kind === 'simple' ? [...OUTLINE_NAMES] : leaflets
}

function stretched(outline: Outline, own: RandomStream): Outline {
  return { ...outline, width: outline.width * (0.88 + 0.24 * own.uniform()) }
}

function marginOf(kind: Margin['kind'], own: RandomStream): Margin {
  const finer = own.uniform()
  if (kind === 'serrate') return { kind, teeth: 9 + Math.round(7 * finer), depth: 0.11 }
  if (kind === 'crenate') return { kind, teeth: 6 + Math.round(4 * finer), depth: 0.13 }
  if (kind === 'lobed') return { kind, teeth: 3 + Math.round(2 * finer), depth: 0.55 }
  if (kind === 'spiny') return { kind, teeth: 5 + Math.round(3 * finer), depth: 0.3 }
  return { kind, teeth: 0, depth: 0 }
}

function leafletsOf(kind: LeafForm['kind'], own: RandomStream): number {
  if (kind === 'palmate') return [3, 5, 7][own.below(3)]!
  if (kind === 'fan') return [5, 7][own.below(2)]!
  if (kind === 'pinnate') return 3 + own.below(4)
  if (kind === 'fern') return 6 + own.below(3)
  return kind === 'trifoliate' ? 3 : 1
}
