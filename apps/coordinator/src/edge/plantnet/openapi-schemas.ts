/** What the answers of /v2 are made of, as JSON Schemas of its OpenAPI document. */
import { ASKED_ORGANS } from './asked-photos.ts'

export type Schema = { [keyword: string]: unknown }

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
export const text: Schema = { type: 'string' }
const whole: Schema = { type: 'integer', minimum: 0 }
export const flag: Schema = { type: 'boolean' }
const orNull = (type: string): Schema => ({ type: [type, 'null'] })
export const list = (items: Schema): Schema => ({ type: 'array', items })
export const fields = (properties: { [name: string]: Schema }, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})
const taxon = fields({
  scientificNameWithoutAuthor: text,
  scientificNameAuthorship: text,
  scientificName: text,
})
export const day = { type: 'string', format: 'date' }

export const SCHEMAS: { [name: string]: Schema } = {
  Error: fields({ statusCode: { type: 'integer' }, error: text, message: text }),
  Taxon: taxon,
  Image: fields({
    organ: text,
    author: text,
    license: text,
    date: fields({ timestamp: { type: 'number' }, string: text }),
    url: fields({ o: text, m: text, s: text }),
    citation: text,
  }),
  Result: fields(
    {
      score: { type: 'number', minimum: 0, maximum: 1 },
      species: fields({
        ...(taxon.properties as { [name: string]: Schema }),
        commonNames: list(text),
        genus: ref('Taxon'),
        family: ref('Taxon'),
      }),
      images: list(ref('Image')),
      gbif: { ...fields({ id: text }), type: ['object', 'null'] },
      powo: { ...fields({ id: text }), type: ['object', 'null'] },
      iucn: fields({ id: text, category: text }),
    },
    ['iucn'],
  ),
  Identification: fields(
    {
      query: fields({
        project: text,
        images: { ...list(text), description: 'SHA-256 of each image’s bytes.' },
        organs: list({ enum: ASKED_ORGANS }),
        includeRelatedImages: flag,
        noReject: flag,
        type: text,
      }),
      predictedOrgans: {
        ...list(fields({ image: text, filename: text, organ: text, score: { type: 'number' } })),
        description: 'A score of 0: the model knows no organs, and this is what was said of the image.',
      },
      language: text,
      preferedReferential: text,
      bestMatch: text,
      results: list(ref('Result')),
      otherResults: fields({
        genus: list(fields({ score: { type: 'number' }, genus: ref('Taxon') })),
        family: list(fields({ score: { type: 'number' }, family: ref('Taxon') })),
      }),
      version: text,
      remainingIdentificationRequests: whole,
    },
    ['otherResults'],
  ),
  Project: fields({ id: text, title: text, description: text, speciesCount: whole }),
  Species: fields({
    id: text,
    commonNames: list(text),
    scientificNameWithoutAuthor: text,
    scientificNameAuthorship: text,
    gbifId: orNull('string'),
    powoId: orNull('string'),
    iucnCategory: orNull('string'),
  }),
  Day: fields({ day, quota: fields({ identify: fields({ count: whole, total: whole, remaining: whole }) }) }),
  Subscription: fields({
    name: text,
    createdAt: text,
    quota: fields({ identify: whole }),
    origins: list(text),
  }),
}
