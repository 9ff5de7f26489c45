/** Invented families, genera and species with names that sound right. A species' epithet tells its looks where it can. */
import { RandomStream } from '@worldflora/protocol/random'

/** Where a species stands, by number. */
export type Kinship = { family: number; genus: number; species: number; inGenus: number }

export type Genus = { name: string; family: string; commonNoun: string }

const STARTS =
  'Alv Bren Cal Corm Dry Elan Fros Gly Hel Ist Junc Kel Lir Mar Nem Orl Pell Quer Ros Syl Tham Umbr Ver Will Xyl Yrn Zeph Ast Bor Chlor Dor Eur Fil Gal Hyp Lych Mel Narth Oph Phal Rhod Sel Tor Vind'.split(
    ' ',
  )
const MIDDLES = 'a e i o u an el in or is at em ul ant ess ill und'.split(' ')
const ENDINGS =
  'ria lia mea nia dia ntha sia thera della phora pus nthus stemon dendron phyllum carpum nium lium'.split(
    ' ',
  )
/** Genera that exist, among those the syllables can make: an invented plant must not carry their names. */
const REAL_GENERA = new Set(
  'Alvesia Alvordia Brenania Brenandendron Calophyllum Calocarpum Cormophyllum Dryadella Helenia Helenium Helopus Maresia Nemesia Nemanthera Rosenia Willisia Astelia Astiria Astonia Boronia Chloranthus Chlorophora Galanthus Galenia Hypenia Meladendron Melanium Melinia Melocarpum Melanthera Ophelia Phaleria Rhododendron Selenia Torenia Toronia Vindasia'.split(
    ' ',
  ),
)
const NOUN_STARTS =
  'mire sun moon star dew frost lark brook fen hedge heath honey lady marsh meadow mist owl pearl rain robin shade silver stone swan thorn wake wind wren'.split(
    ' ',
  )
const NOUN_ENDINGS =
  'bell wort cup weed lace bloom mint cress vine clover foil cap crown mallow sage lily'.split(' ')

const STREAM = 10

export type Taxonomy = { kinships: Kinship[]; genera: Genus[] }

/** Few species make small genera; 294,000 make genera of dozens, as in the world's real flora. */
export function inventTaxonomy(speciesCount: number, seed: number): Taxonomy {
  const chance = new RandomStream(seed, 'herbarium', STREAM)
  const genusSize = Math.max(1, Math.round(speciesCount ** 0.27))
  const familySize = Math.max(1, Math.round((speciesCount / genusSize) ** 0.35))
  const names = latinNames(chance)
  const nouns = chance.shuffle(NOUN_STARTS.flatMap((start) => NOUN_ENDINGS.map((ending) => start + ending)))
  const kinships: Kinship[] = []
  const genera: Genus[] = []
  let family = -1
  let familyName = ''
  let genusLeft = 0
  let familyLeft = 0
  for (let species = 0, inGenus = 0; species < speciesCount; species++, inGenus++) {
    if (genusLeft === 0) {
      const name = names(genera.length)
      if (familyLeft === 0) {
        family++
        familyName = familyNameOf(name)
        familyLeft = 1 + chance.below(2 * familySize - 1)
      }
      familyLeft--
      genera.push({ name, family: familyName, commonNoun: nouns[genera.length % nouns.length]! })
      genusLeft = 1 + chance.below(2 * genusSize - 1)
      inGenus = 0
    }
    genusLeft--
    kinships.push({ family, genus: genera.length - 1, species, inGenus })
  }
  return { kinships, genera }
}

function latinNames(chance: RandomStream): (n: number) => string {
  const composed = STARTS.flatMap((start) =>
    MIDDLES.flatMap((middle) => ENDINGS.map((end) => start + middle + end)),
  )
  const all = [...new Set(composed)].filter((name) => !REAL_GENERA.has(name))
  chance.shuffle(all)
  return (n) => all[n % all.length]! + (n < all.length ? '' : `-${Math.floor(n / all.length)}`)
}

function familyNameOf(genus: string): string {
  return `${genus.replace(/(ia|ea|a|us|um|on)$/, '')}aceae`
}
