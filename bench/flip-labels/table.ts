/** Flips labels of a table of photos: seeded, by observation, to any other species with even chance. */
import { RandomStream } from '@worldflora/protocol/random'

export type Flipping = {
  /** Of the train observations that are neither set aside nor trusted, so many are named wrongly. */
  share: number
  /** Of each species' train observations, so many become val, as they are. */
  validation: number
  /** Of the remaining train observations, so many stay right and say so. */
  trusted: number
  seed: number
}

export type Flipped = {
  table: string
  photos: number
  flippedPhotos: number
  valPhotos: number
  trustedPhotos: number
}

/** The columns that follow from the species. */
const OF_SPECIES = ['species', 'scientificName', 'genus', 'family', 'commonName']

/** Of a table without quoted commas, whose columns are image, species, observation and split at least. */
export function flipLabels(csv: string, { share, validation, trusted, seed }: Flipping): Flipped {
  const [header, ...rows] = csv
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','))
  const columns = header!
  const column = (name: string) => columns.indexOf(name)
  const of = (row: string[], name: string) => row[column(name)]!
  if (['image', 'species', 'observation', 'split'].some((name) => column(name) < 0))
    throw new Error('The table needs the columns image, species, observation and split.')
  if (rows.some((row) => row.length !== columns.length))
    throw new Error('Quoted commas are not understood here.')
  const named = new Map(rows.map((row) => [of(row, 'species'), row]))
  const species = [...named.keys()].sort()
  const chance = new RandomStream(seed, 'faults', 1)

  const plants = new Map<string, string[][]>()
  for (const row of rows.filter((row) => of(row, 'split') === 'train')) {
    const plant = `${of(row, 'species')} ${of(row, 'observation')}`
    plants.set(plant, [...(plants.get(plant) ?? []), row])
  }
  const drawn = chance.shuffle([...plants.keys()].sort())
  const ofSpecies = (one: string) => drawn.filter((plant) => of(plants.get(plant)![0]!, 'species') === one)
  const setAside = new Set(
    species.flatMap((one) => ofSpecies(one).slice(0, Math.round(validation * ofSpecies(one).length))),
  )
  const train = drawn.filter((plant) => !setAside.has(plant))
  const sure = new Set(train.slice(0, Math.round(trusted * train.length)))
  const unsure = train.slice(sure.size)
  const wrong = new Map(
    unsure.slice(0, Math.round(share * unsure.length)).map((plant) => {
      const own = species.indexOf(of(plants.get(plant)![0]!, 'species'))
      return [plant, species[(own + 1 + chance.below(species.length - 1)) % species.length]!]
    }),
  )

  const counts = { flippedPhotos: 0, valPhotos: 0, trustedPhotos: 0 }
  const lines = rows.map((row) => {
    const plant = of(row, 'split') === 'train' ? `${of(row, 'species')} ${of(row, 'observation')}` : ''
    const out = [...row]
    if (setAside.has(plant)) {
      out[column('split')] = 'val'
      counts.valPhotos++
    }
    const other = wrong.get(plant)
    if (other !== undefined) {
      for (const name of OF_SPECIES) if (column(name) >= 0) out[column(name)] = of(named.get(other)!, name)
      counts.flippedPhotos++
    }
    if (sure.has(plant)) counts.trustedPhotos++
    return [...out, sure.has(plant) ? 'yes' : 'no'].join(',')
  })
  return {
    table: [[...columns, 'trusted'].join(','), ...lines, ''].join('\n'),
    photos: rows.length,
    ...counts,
  }
}
