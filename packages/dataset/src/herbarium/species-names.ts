/** Species' names from their looks: `Calantha cordifolia`, the heart-leaved dewbell. */
import type { Species } from '../manifest.ts'
import type { PlantForm } from './plant-form.ts'
import type { Genus, Kinship } from './taxonomy.ts'

/** Feminine form and English; masculine and neuter follow from the ending. */
type Epithet = [latin: string, english: string]

const BY_OUTLINE: Record<PlantForm['leaf']['outline']['name'], Epithet> = {
  ovate: ['ovata', 'oval-leaved'],
  lanceolate: ['lanceolata', 'lance-leaved'],
  cordate: ['cordata', 'heart-leaved'],
  obovate: ['obovata', 'spoon-leaved'],
  orbicular: ['rotundifolia', 'round-leaved'],
  elliptic: ['elliptica', 'plain-leaved'],
  deltoid: ['deltoidea', 'arrow-leaved'],
  rhombic: ['rhombica', 'diamond-leaved'],
  spatulate: ['spathulata', 'paddle-leaved'],
  linear: ['angustifolia', 'narrow-leaved'],
}
const BY_MARGIN: Record<PlantForm['leaf']['margin']['kind'], Epithet> = {
  entire: ['laevis', 'smooth'],
  serrate: ['serrata', 'saw-toothed'],
  crenate: ['crenata', 'scalloped'],
  lobed: ['lobata', 'lobed'],
  spiny: ['spinosa', 'spiny'],
}
const OTHERS: Epithet[] = [
  ['montana', 'mountain'],
  ['palustris', 'marsh'],
  ['sylvatica', 'wood'],
  ['maritima', 'sea'],
  ['alpina', 'alpine'],
  ['borealis', 'northern'],
  ['australis', 'southern'],
  ['vulgaris', 'common'],
  ['elegans', 'graceful'],
  ['mirabilis', 'wonderful'],
  ['gracilis', 'slender'],
  ['arenaria', 'sand'],
  ['vernalis', 'spring'],
  ['hirsuta', 'hairy'],
  ['nana', 'dwarf'],
  ['campestris', 'field'],
  ['rupestris', 'rock'],
  ['nocturna', 'night'],
  ['insularis', 'island'],
  ['riparia', 'river'],
]
const PREFIXES = ['', 'sub', 'pseudo', 'para', 'meso']

export type NamedSpecies = { genus: Genus; kin: Kinship; form: PlantForm }

/** Names are unique within a genus; ids are made from them. */
export function nameSpecies(all: NamedSpecies[]): Species[] {
  const taken = new Set<string>()
  return all.map(({ genus, kin, form }) => {
    const [latin, english] = epithetFor(form, kin, (epithet) => taken.has(`${genus.name} ${epithet}`))
    taken.add(`${genus.name} ${latin}`)
    const scientificName = `${genus.name} ${inGenderOf(genus.name, latin)}`
    return {
      id: scientificName.toLowerCase().replaceAll(' ', '-'),
      scientificName,
      genus: genus.name,
      family: genus.family,
      commonName: `${english} ${genus.commonNoun}`,
      checklists: listsOf(kin),
    }
  })
}

/** As invented as the plants; one in six stands in both. */
function listsOf({ species }: Kinship): string[] {
  const [meadow, wood] = ['drawn meadow', 'drawn wood'] as const
  return species % 6 === 0 ? [meadow, wood] : [species % 2 === 0 ? wood : meadow]
}

function epithetFor(form: PlantForm, kin: Kinship, isTaken: (latin: string) => boolean): Epithet {
  const start = (kin.genus * 7 + kin.inGenus) % OTHERS.length
  const others = [...OTHERS.slice(start), ...OTHERS.slice(0, start)]
  const told = [BY_OUTLINE[form.leaf.outline.name], BY_MARGIN[form.leaf.margin.kind]]
  if (kin.species % 2 === 1) told.reverse()
  for (const prefix of PREFIXES) {
    for (const [latin, english] of [...told, ...others]) {
      if (!isTaken(prefix + latin)) return [prefix + latin, prefix === '' ? english : `${prefix}-${english}`]
    }
  }
  return [`species-${kin.inGenus}`, `number ${kin.inGenus}`]
}

function inGenderOf(genus: string, feminine: string): string {
  if (genus.endsWith('a')) return feminine
  const neuter = genus.endsWith('um') || genus.endsWith('dendron')
  if (feminine.endsWith('is')) return neuter ? feminine.replace(/is$/, 'e') : feminine
  if (!feminine.endsWith('a')) return feminine
  return feminine.replace(/a$/, neuter ? 'um' : 'us')
}
