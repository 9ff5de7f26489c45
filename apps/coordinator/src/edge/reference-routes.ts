/** Photos of a species for people to compare theirs with, by the hash of its flora: an answer that never changes. */
import type { ReferencePhotos } from '@worldflora/protocol/reference-photos'
import { reject } from '@worldflora/protocol/rejection'
import { Hono } from 'hono'
import { answer, answerRejection } from './answer.ts'
import type { Site } from './site.ts'

export function referenceRoutes({ identifier, references }: Site): Hono {
  const routes = new Hono()

  routes.get('/:flora/:species', async (c) => {
    const model = await identifier.published()
    const { flora, species: id } = c.req.param()
    const index = model?.flora.hash === flora ? model.species.findIndex((species) => species.id === id) : -1
    if (model === null || index === -1) {
      return answerRejection(
        reject('no-references', 'The published model has no such species.', 'Load the page again.'),
      )
    }
    const photos = await references.forPeople(model, index)
    if (photos === null) {
      return answerRejection(
        reject('too-much-to-do', 'Too many ask for photos just now.', 'Ask again in a minute.'),
      )
    }
    const body: ReferencePhotos = {
      photos: photos.map(({ shard, sample, label: { organ, author, license } }) => ({
        shard,
        sample,
        organ: organ ?? null,
        author: author ?? null,
        license: license ?? null,
      })),
    }
    const told = answer(body)
    // A flora whose shards are damaged for a while has none for a while.
    if (photos.length > 0) told.headers.set('cache-control', 'public, max-age=31536000, immutable')
    return told
  })

  return routes
}
