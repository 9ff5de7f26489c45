/** Photos to compare with, as the pages ask for them. */
import { ReferencePhotos } from '@worldflora/protocol/reference-photos'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { type Adapters, systemAdapters } from '../../src/adapters.ts'
import { bringPhotos, publish } from '../identify/fixture.ts'
import { startSite } from '../running-site.ts'

async function startPublished(adapters?: Adapters) {
  const site = await startSite({}, adapters)
  const { train } = await bringPhotos(site)
  const { flora } = await publish(site)
  const of = (species: string, hash: string = flora.hash) =>
    fetch(`${site.url}/api/references/${hash}/${species}`)
  return { site, train, of }
}

describe('reference photos', () => {
  it('NM1: are of several organs, with author and licence, none that its licence forbids; their answer never changes', async () => {
    const { site, train, of } = await startPublished()
    const response = await of('bellis')
    expect(response.headers.get('cache-control')).toContain('immutable')
    const { photos } = v.parse(ReferencePhotos, await response.json())
    const own = train.filter(({ species, license }) => species === 0 && license === 'CC BY 4.0')
    const told = (one: Partial<Record<'organ' | 'author' | 'license', string | null | undefined>>) =>
      `${one.organ} ${one.author} ${one.license}`
    expect(photos.map(told).sort()).toEqual(own.map(told).sort())
    expect(new Set(photos.map(({ organ }) => organ))).toEqual(new Set(['leaf', 'flower', 'bark']))
    for (const { shard, sample, author } of photos) {
      const jpeg = await fetch(`${site.url}/v2/photos/${shard}/${sample}.jpg`)
      const photo = train.find((one) => one.author === author)!
      expect(Buffer.from(await jpeg.arrayBuffer()).equals(photo.jpeg)).toBe(true)
    }
  })

  it('NM1: of a species or flora that the published model does not have there are none, which is not kept', async () => {
    const { of } = await startPublished()
    for (const response of [await of('oak'), await of('bellis', '0'.repeat(64)), await of('bellis', 'x')]) {
      expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store'])
      expect(await response.json()).toMatchObject({ code: 'no-references' })
    }
    const site = await startSite()
    expect((await fetch(`${site.url}/api/references/${'0'.repeat(64)}/bellis`)).status).toBe(404)
  })

  it('NM1: while sixteen wait for what takes long the next one is told so, and they are answered', async () => {
    let gate = Promise.resolve()
    const slow = systemAdapters()
    const { of } = await startPublished({
      ...slow,
      openBlobs: async (folder) => {
        const blobs = await slow.openBlobs(folder)
        return { ...blobs, get: (hash) => gate.then(() => blobs.get(hash)) }
      },
    })
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const asked = Array.from({ length: 17 }, () => of('bellis'))
    const refused = await Promise.race(asked)
    expect(await refused.json()).toMatchObject({ code: 'too-much-to-do' })
    open()
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([...Array(16).fill(200), 429])
  })
})
