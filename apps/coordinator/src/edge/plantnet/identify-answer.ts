/** What an identification is answered with: the fields of Pl@ntNet's, in their order. */
import { bestOf } from '@worldflora/model/ranking'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Species } from '@worldflora/protocol/species'
import type { ReferencePhoto } from '../../identify/reference-photos.ts'
import { sha256 } from '../../store/blob-store.files.ts'
import type { AskedPhoto } from './asked-photos.ts'
import { genusOf, idsForm, languageOf, speciesForm, taxonForm } from './catalogue.ts'
import { WORLD } from './projects.ts'
import type { IdentifyQuery } from './queries.ts'

export type Identified = {
  model: PublishedModel
  project: string
  query: IdentifyQuery
  photos: readonly AskedPhoto[]
  scores: Float32Array
  /** By the photos; null: the model knows none. */
  organs: readonly ({ name: string; score: number } | null)[]
  /** Reference photos of a species, by its index. */
  related(species: number): Promise<ReferencePhoto[]>
  /** Where this site is. */
  origin: string
  remaining: number
}

export async function answerOf(identified: Identified) {
  const { model, project, query, photos, scores, organs, remaining } = identified
  const lang = languageOf(model, query.lang)
  const hashes = photos.map(({ bytes }) => sha256(bytes))
  const best = bestOf(scores, query['nb-results'])
  const results = []
  for (const [index, score] of best) {
    const species = model.species[index]!
    const images = query['include-related-images'] ? await identified.related(index) : []
    results.push({
      score: rounded(score),
      species: speciesForm(species, lang),
      images: images.map((photo) => imageForm(photo, model, identified.origin)),
      ...idsForm(species),
    })
  }
  return {
    query: {
      project,
      images: hashes,
      organs: photos.map(({ organ }) => organ),
      includeRelatedImages: query['include-related-images'],
      noReject: query['no-reject'],
      type: query.type,
    },
    // From a model that knows no organs: what was said of the photo, and no sureness.
    predictedOrgans: photos.map(({ organ, filename }, i) => ({
      image: hashes[i],
      filename,
      organ: organs[i]?.name ?? organ,
      score: rounded(organs[i]?.score ?? 0),
    })),
    language: lang,
    preferedReferential: WORLD,
    bestMatch: results[0]?.species.scientificName ?? '',
    results,
    ...(query.detailed ? { otherResults: otherResults(model.species, scores, query['nb-results']) } : {}),
    version: `${model.publishedAt.slice(0, 10)} (${model.run.name}, step ${model.run.step})`,
    remainingIdentificationRequests: remaining,
  }
}

function rounded(score: number): number {
  return Math.round(score * 1e5) / 1e5
}

/** The flora knows no dates, and programs read these two unasked. */
const NO_DATE = { timestamp: 0, string: '' }

function imageForm({ shard, sample, label }: ReferencePhoto, { flora }: PublishedModel, origin: string) {
  const { organ = 'other', author = '', license = '' } = label
  const address = `${origin}/v2/photos/${shard}/${sample}.jpg`
  return {
    organ,
    author,
    license,
    date: NO_DATE,
    url: { o: address, m: address, s: address },
    citation: [author, `${flora.name}${license === '' ? '' : `, ${license}`}`]
      .filter((part) => part !== '')
      .join(' / '),
  }
}

/** The same scores summed up the taxonomy. */
function otherResults(species: readonly Species[], scores: Float32Array, most: number) {
  const summedBy = (nameOf: (one: Species) => string | undefined) => {
    const sums = new Map<string, number>()
    for (const [i, one] of species.entries()) {
      const name = nameOf(one)
      if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + scores[i]!)
    }
    return [...sums].sort((a, b) => b[1] - a[1]).slice(0, most)
  }
  return {
    genus: summedBy(genusOf).map(([name, score]) => ({ score: rounded(score), genus: taxonForm(name) })),
    family: summedBy(({ family }) => family).map(([name, score]) => ({
      score: rounded(score),
      family: taxonForm(name),
    })),
  }
}
