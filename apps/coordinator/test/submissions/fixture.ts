/** A site with a published model that takes photos, and what a page sends it. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Statement, Submission, SubmissionList, SubmissionState } from '@worldflora/protocol/submissions'
import sharp from 'sharp'
import { type Adapters, systemAdapters } from '../../src/adapters.ts'
import { startPhotoReaders } from '../../src/identify/photo-readers.pool.ts'
import type { Options } from '../../src/options.ts'
import { bringPhotos, jpeg, publish } from '../identify/fixture.ts'
import { idleCalibrator } from '../idle-calibrator.ts'
import { type RunningSite, startSite } from '../running-site.ts'

/** One thread, of all tests of a file. */
export const readers = startPhotoReaders(1)

export function adapters(more: Partial<Adapters> = {}): Adapters {
  return {
    ...systemAdapters(),
    photoReaders: () => ({ ...readers, close: async () => {} }),
    startCalibrator: idleCalibrator,
    ...more,
  }
}

export async function startTaking(
  more: Partial<Adapters> = {},
  options: Partial<Options> = {},
): Promise<RunningSite & { model: PublishedModel }> {
  const site = await startSite(options, adapters(more))
  await bringPhotos(site)
  return { ...site, model: await publish(site) }
}

export const statement: Statement = {
  flora: 'meadow',
  model: 'any',
  named: { species: 'acer', score: 0.4 },
  said: 'bellis',
  organs: ['flower'],
  licence: 'CC BY 4.0',
  author: 'Zoë Ångström',
}

export type Given = { statement?: object; photos?: readonly Uint8Array[]; headers?: Record<string, string> }

/** As the page of /identify does. */
export async function give(site: { url: string }, given: Given = {}): Promise<Response> {
  const photos = given.photos ?? [await jpeg(1, { width: 64, height: 48 })]
  const form = new FormData()
  form.append(
    'statement',
    JSON.stringify({ ...statement, organs: photos.map(() => 'flower'), ...given.statement }),
  )
  for (const photo of photos)
    form.append('photos', new Blob([photo as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' }), 'photo.jpg')
  return fetch(`${site.url}/api/submissions`, {
    method: 'POST',
    body: form,
    headers: { 'sec-fetch-site': 'same-origin', ...given.headers },
  })
}

export function listOf(site: RunningSite, state: SubmissionState = 'waiting'): Promise<SubmissionList> {
  return site.json('GET', `/api/submissions?state=${state}`)
}

export function decide(site: RunningSite, { id }: Submission, decision: object): Promise<Response> {
  return site.call('POST', `/api/submissions/${id}/decision`, decision)
}

export async function photoOf(site: RunningSite, { id }: Submission, index = 0): Promise<Uint8Array> {
  const response = await site.call('GET', `/api/submissions/${id}/photos/${index}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** The photos that are on the disk, by their hashes. */
export function photosIn({ data }: { data: string }): string[] {
  const entries = readdirSync(join(data, 'submissions'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

/** As a phone writes it: where and when it was taken, with what, and a word of its owner. */
export async function fromPhone(seed = 1): Promise<Uint8Array> {
  const plain = await jpeg(seed, { width: 64, height: 48 })
  const tagged = await sharp(plain)
    .withMetadata()
    .withExif({
      IFD0: { Make: 'Phonemaker', Model: 'P-1', Copyright: 'secret words' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 51/1 30/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '2/1 17/1 40/1',
      },
    })
    .jpeg()
    .toBuffer()
  const comment = Buffer.from('taken at home', 'latin1')
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, comment.length + 2]), comment])
  return Buffer.concat([tagged.subarray(0, 2), segment, tagged.subarray(2), Buffer.from('behind the end')])
}
