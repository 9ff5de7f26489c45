/** The table of labels that `import` takes, of photos that were given: one row a photo, all that is known of its species. */
import { csvRow } from '@worldflora/protocol/csv-row'
import type { Species } from '@worldflora/protocol/species'
import type { Submission } from '@worldflora/protocol/submissions'

export type GivenPhoto = {
  /** Its path from the table on. */
  image: string
  organ: string | null
  submission: Pick<Submission, 'id' | 'licence' | 'author'> & { species: Species }
}

type Column = [header: string, cellOf: (photo: GivenPhoto) => string | undefined]

export function submissionTable(photos: readonly GivenPhoto[], isTrusted: boolean): string {
  const languages = new Set(
    photos.flatMap(({ submission }) => Object.keys(submission.species.commonNames ?? {})),
  )
  const columns = columnsOf([...languages].sort(), isTrusted)
  const rows = photos.map((photo) => columns.map(([, cellOf]) => cellOf(photo)))
  return [columns.map(([header]) => header), ...rows].map(csvRow).join('')
}

function columnsOf(languages: readonly string[], isTrusted: boolean): Column[] {
  return [
    ['image', ({ image }) => image],
    ['species', ofSpecies(({ id }) => id)],
    ['scientificName', ofSpecies(({ scientificName }) => scientificName)],
    ['authorship', ofSpecies(({ authorship }) => authorship)],
    ['genus', ofSpecies(({ genus }) => genus)],
    ['family', ofSpecies(({ family }) => family)],
    ['commonName', ofSpecies(({ commonName }) => commonName)],
    ...languages.map(
      (language): Column => [
        `commonName.${language}`,
        ofSpecies(({ commonNames }) => listed(commonNames?.[language])),
      ],
    ),
    ['synonyms', ofSpecies(({ synonyms }) => listed(synonyms))],
    ['gbifId', ofSpecies(({ gbifId }) => gbifId)],
    ['powoId', ofSpecies(({ powoId }) => powoId)],
    ['iucnCategory', ofSpecies(({ iucnCategory }) => iucnCategory)],
    ['checklists', ofSpecies(({ checklists }) => listed(checklists))],
    // Photos of one plant never stand on both sides of a split.
    ['observation', ({ submission }) => `given-${submission.id}`],
    ['organ', ({ organ }) => organ ?? undefined],
    ['license', ({ submission }) => submission.licence],
    ['author', ({ submission }) => submission.author],
    ['trusted', () => (isTrusted ? 'yes' : undefined)],
  ]
}

function ofSpecies(cellOf: (species: Species) => string | undefined): Column[1] {
  return ({ submission }) => cellOf(submission.species)
}

function listed(names: readonly string[] | undefined): string | undefined {
  return names?.join('|')
}
