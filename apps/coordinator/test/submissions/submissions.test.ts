/** Photos that visitors give, from the edge to the disk and to the operator. */

import { isRejection } from '@worldflora/protocol/rejection'
import type { DecidedSubmissions, FoundSpecies, Submission } from '@worldflora/protocol/submissions'
import { SUBMISSION_LIMITS } from '@worldflora/protocol/submissions'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import type { Adapters } from '../../src/adapters.ts'
import { parseProxies } from '../../src/edge/trusted-proxies.ts'
import { openPgliteStore } from '../../src/store/store.pglite.ts'
import { QUEUE_LIMITS, UNDO_MS } from '../../src/submissions/submissions.ts'
import { tappedAdapters } from '../durability/tapped-adapters.ts'
import { handClock } from '../hand-clock.ts'
import { jpeg, picture } from '../identify/fixture.ts'
import { postUnsaid } from '../post-unsaid.ts'
import { startSite } from '../running-site.ts'
import {
  adapters,
  decide,
  fromPhone,
  give,
  listOf,
  photoOf,
  photosIn,
  readers,
  startTaking,
  statement,
} from './fixture.ts'
import { slowSender } from './slow-sender.ts'

afterAll(() => readers.close())

async function codeOf(response: Response): Promise<[number, string]> {
  const { code, action } = (await response.json()) as { code: string; action: string }
  expect(action).toMatch(/\w/)
  return [response.status, code]
}

describe('FB3: a photo that is given', () => {
  it('loses place, device, comment, thumbnail and what stands behind its end; its pixels stay as they were', async () => {
    const site = await startTaking()
    const phone = await fromPhone()
    for (const word of ['Exif', 'Phonemaker', 'secret words', 'taken at home', 'behind the end'])
      expect(Buffer.from(phone).includes(word)).toBe(true)
    expect((await sharp(phone).metadata()).exif).toBeDefined()
    expect((await give(site, { photos: [phone] })).status).toBe(201)
    const [given] = (await listOf(site)).submissions
    const kept = await photoOf(site, given!)
    for (const word of ['Exif', 'Phonemaker', 'secret words', 'taken at home', 'behind the end', 'GPS'])
      expect(Buffer.from(kept).includes(word)).toBe(false)
    const { exif, icc, xmp, iptc } = await sharp(kept).metadata()
    expect([exif, icc, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined])
    expect(await sharp(kept).raw().toBuffer()).toEqual(await sharp(phone).raw().toBuffer())
    expect(photosIn(site)).toHaveLength(1)
  })

  it('is refused, and nothing of it is kept, if it is no JPEG, broken, cut off, or of another size than the page makes', async () => {
    const site = await startTaking()
    const good = await jpeg(2)
    const { longerSide, photoBytes } = SUBMISSION_LIMITS
    const refused: [string, Uint8Array, [number, string]][] = [
      ['a PNG', await picture(1).png().toBuffer(), [400, 'broken-photo']],
      ['a text', Buffer.from('\xff\xd8\xff\xe0 no photo', 'latin1'), [400, 'broken-photo']],
      ['cut off', (await jpeg(1)).subarray(0, 600), [400, 'broken-photo']],
      ['a broken table', brokenTable(await jpeg(1)), [400, 'broken-photo']],
      ['words in its scan', beforeEnd(good, Buffer.from('words')), [400, 'broken-photo']],
      ['an archive in a table of no use', beforeEnd(good, archiveTable()), [400, 'broken-photo']],
      ['too many scans', beforeEnd(good, ...Array<Buffer>(101).fill(scanOf(good))), [400, 'broken-photo']],
      ['too large', await jpeg(1, { width: longerSide + 1, height: 40 }), [400, 'photo-size']],
      ['too small', await jpeg(1, { width: 31, height: 40 }), [400, 'photo-size']],
      ['too many bytes', new Uint8Array(photoBytes + 1), [413, 'photos-too-large']],
    ]
    for (const [what, photo, expected] of refused)
      expect(await codeOf(await give(site, { photos: [good, photo] })), what).toEqual(expected)
    const many = Array.from({ length: 6 }, () => new Uint8Array(photoBytes))
    expect(await codeOf(await give(site, { photos: many }))).toEqual([413, 'photos-too-large'])
    expect((await listOf(site)).counts.waiting).toBe(0)
    expect(photosIn(site)).toEqual([])
  })
})

/** Its first quantisation table says that it is longer than it is. */
function brokenTable(photo: Buffer): Uint8Array {
  const at = photo.indexOf(Buffer.from([0xff, 0xdb]))
  const broken = Buffer.from(photo)
  broken[at + 4] = 0x7f
  return broken
}

function beforeEnd(photo: Buffer, ...more: Uint8Array[]): Buffer {
  return Buffer.concat([photo.subarray(0, -2), ...more, photo.subarray(-2)])
}

function scanOf(photo: Buffer): Buffer {
  return photo.subarray(photo.indexOf(Buffer.from([0xff, 0xda])), -2)
}

/** A Huffman table, in a place that no frame looks at, of sixteen codes of eight bits. */
function archiveTable(): Buffer {
  const lengths = Array.from({ length: 16 }, (_, bits) => (bits === 7 ? 16 : 0))
  const symbols = Buffer.from('PK\x03\x04 an archive', 'latin1').subarray(0, 16)
  return Buffer.concat([Buffer.from([0xff, 0xc4, 0, 35, 0x13, ...lengths]), symbols])
}

describe('FB4: the edge', () => {
  it('IN1: refuses a statement that lacks something, or says more than is asked for', async () => {
    const site = await startTaking()
    const wrong: [string, object][] = [
      ['no licence', { licence: undefined }],
      ['a licence that forbids changes', { licence: 'CC BY-ND 4.0' }],
      ['no author', { author: '  ' }],
      ['an author of two lines', { author: 'a\nb' }],
      ['an author written backwards', { author: 'a\u202eb' }],
      ['an author without an end', { author: 'a'.repeat(101) }],
      ['a field that is not asked for', { place: '48.8584, 2.2945' }],
      ['fewer organs than photos', { organs: [] }],
      ['more organs than photos', { organs: ['leaf', 'leaf'] }],
      ['a model’s name that no database takes', { model: 'a\0b' }],
      ['a score above 1', { named: { species: 'acer', score: 2 } }],
    ]
    for (const [what, change] of wrong)
      expect(await codeOf(await give(site, { statement: change })), what).toEqual([400, 'invalid-submission'])
    expect(photosIn(site)).toEqual([])
  })

  it('refuses what is no form, six photos, another flora, an unknown species, and what comes from another site', async () => {
    const site = await startTaking()
    const photo = await jpeg(1)
    const photos = Array.from({ length: 6 }, () => photo)
    expect(await codeOf(await give(site, { photos }))).toEqual([400, 'invalid-submission'])
    expect(await codeOf(await give(site, { statement: { flora: 'other' } }))).toEqual([409, 'other-flora'])
    expect(await codeOf(await give(site, { statement: { said: 'oak' } }))).toEqual([409, 'other-flora'])
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect(await codeOf(await give(site, { headers }))).toEqual([403, 'foreign-origin'])
    // Nobody is cut off while they send: they would not hear why.
    expect(await postUnsaid(`${site.url}/api/submissions`, 70)).toMatchObject({
      status: 403,
      isAllSent: true,
    })
    const post = (body: string | FormData) =>
      fetch(`${site.url}/api/submissions`, {
        method: 'POST',
        body,
        headers: { 'sec-fetch-site': 'same-origin' },
      })
    expect(await codeOf(await post('{}'))).toEqual([400, 'invalid-submission'])
    const form = new FormData()
    form.append('statement', JSON.stringify(statement))
    form.append('position', '48.8584, 2.2945')
    form.append('photos', new Blob([photo as Uint8Array<ArrayBuffer>]))
    expect(await codeOf(await post(form))).toEqual([400, 'invalid-submission'])
    expect((await listOf(site)).counts.waiting).toBe(0)
  })

  it('takes forty times an hour from an address, says when to go on, and keeps the address nowhere', async () => {
    const clock = handClock()
    const site = await startTaking({ clock })
    const attempt = async () => (await give(site, { statement: { licence: 'none' } })).status
    for (let i = 0; i < 40; i++) expect(await attempt()).toBe(400)
    expect(await codeOf(await give(site))).toEqual([429, 'too-many-submissions'])
    clock.moveOn(3_600_000)
    expect((await give(site)).status).toBe(201)
    expect(JSON.stringify(await listOf(site))).not.toContain('127.0.0.1')
    expect(JSON.stringify(await site.json('GET', '/api/events'))).not.toContain('127.0.0.1')
  })

  it('CN7: counts those behind a trusted proxy apart, and lets nobody be another by what they write', async () => {
    const trustedProxies = parseProxies(['127.0.0.1'])
    if (isRejection(trustedProxies)) throw new Error(trustedProxies.message)
    const site = await startTaking({ clock: handClock() }, { trustedProxies })
    const attempt = async (forwardedFor: string) => {
      const headers = { 'x-forwarded-for': forwardedFor }
      return (await give(site, { statement: { licence: 'none' }, headers })).status
    }
    for (let i = 0; i < 40; i++) expect(await attempt(`198.18.0.${i}, 203.0.113.7`)).toBe(400)
    expect(await attempt('203.0.113.8, 203.0.113.7')).toBe(429)
    expect(await attempt('203.0.113.7, 203.0.113.8')).toBe(400)
  })

  it('a full queue says so (507), and takes again once the operator has decided', async () => {
    const site = await startTaking({
      openStore: async (folder) => {
        const store = await openPgliteStore(folder)
        const counted = async () => {
          const counts = await store.countSubmissions()
          const { waiting } = counts
          return {
            ...counts,
            waiting: { ...waiting, submissions: waiting.submissions + QUEUE_LIMITS.submissions - 1 },
          }
        }
        return { ...store, countSubmissions: counted }
      },
    })
    expect((await give(site)).status).toBe(201)
    expect(await codeOf(await give(site))).toEqual([507, 'queue-full'])
    const [given] = (await listOf(site)).submissions
    await decide(site, given!, { decision: 'reject' })
    expect((await give(site)).status).toBe(201)
  })

  it('eight at a time are taken in; the ninth is told to come again, and it does not count as one of its hour', async () => {
    let letGo!: () => void
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let present = 0
    const photoReaders: Adapters['photoReaders'] = () => ({
      ...readers,
      fitToKeep: async (photo) => {
        present++
        await held
        return readers.fitToKeep(photo)
      },
      close: async () => {},
    })
    const site = await startTaking({ photoReaders, clock: handClock() })
    const eight = Array.from({ length: 8 }, () => give(site))
    await expect.poll(() => present).toBe(8)
    for (let i = 0; i < 33; i++) expect(await codeOf(await give(site))).toEqual([429, 'too-much-to-do'])
    letGo()
    expect((await Promise.all(eight)).map(({ status }) => status)).toEqual(Array(8).fill(201))
    expect((await give(site)).status).toBe(201)
  })

  it('eight slow senders lose their places within a minute, however steadily they send, and are told why', async () => {
    const clock = handClock()
    const site = await startTaking({ clock })
    const slow = await Promise.all(Array.from({ length: 8 }, () => slowSender(site)))
    for (let passedMs = 0; passedMs < 60_000; passedMs += 15_000) {
      expect(await codeOf(await give(site))).toEqual([429, 'too-much-to-do'])
      await Promise.all(slow.map(({ sendPiece }) => sendPiece()))
      clock.moveOn(15_000)
    }
    const told = await Promise.all(slow.map(({ answer }) => answer))
    for (const response of told) expect(await codeOf(response)).toEqual([408, 'upload-too-slow'])
    expect((await give(site)).status).toBe(201)
  })

  it('without a published model there is no flora to give to', async () => {
    const site = await startSite({}, adapters())
    expect(await codeOf(await give(site))).toEqual([409, 'other-flora'])
  })
})

describe('FB6: the operator', () => {
  it('sees what the model named and what the sender says, accepts as another species, rejects, and takes both back', async () => {
    const site = await startTaking()
    await give(site)
    await give(site, {
      statement: { said: null, named: null, author: 'Ann' },
      photos: [await jpeg(2), await jpeg(3)],
    })
    const { submissions, counts } = await listOf(site)
    expect(counts).toEqual({ waiting: 2, accepted: 0, rejected: 0 })
    const [second, first] = submissions as [Submission, Submission]
    expect(first).toMatchObject({
      named: {
        species: { id: 'acer', scientificName: 'Acer campestre', commonName: 'field maple' },
        score: 0.4,
      },
      said: {
        id: 'bellis',
        scientificName: 'Bellis perennis',
        genus: 'Bellis',
        family: 'Asteraceae',
        authorship: 'L.',
      },
      licence: 'CC BY 4.0',
      author: 'Zoë Ångström',
      species: null,
      decidedAt: null,
      photos: [{ organ: 'flower', width: 64, height: 48 }],
    })
    expect(first.said).not.toHaveProperty('synonyms')
    expect([second.named, second.said, second.author]).toEqual([null, null, 'Ann'])

    const found = await site.json<FoundSpecies>('GET', '/api/species?text=acer%20cor')
    expect(found.species.map(({ id }) => id)).toEqual(['acer-2'])
    expect(await codeOf(await decide(site, first, { decision: 'accept', species: 'oak' }))).toEqual([
      409,
      'unknown-species',
    ])
    const accepted = await (await decide(site, first, { decision: 'accept', species: 'acer-2' })).json()
    expect(accepted).toMatchObject({ state: 'accepted', species: { scientificName: 'Acer ×coriaceum' } })
    await decide(site, first, { decision: 'accept', species: 'bellis' })
    expect((await listOf(site, 'accepted')).submissions[0]!.species).toEqual(
      site.model.species.find(({ id }) => id === 'bellis'),
    )
    await decide(site, second, { decision: 'reject' })
    expect((await listOf(site, 'accepted')).counts).toEqual({ waiting: 0, accepted: 1, rejected: 1 })
    for (const submission of submissions) await decide(site, submission, { decision: 'undecide' })
    const again = await listOf(site)
    expect(again.submissions.map(({ species, decidedAt }) => [species, decidedAt])).toEqual([
      [null, null],
      [null, null],
    ])
    expect(await codeOf(await decide(site, { ...first, id: 'none' }, { decision: 'reject' }))).toEqual([
      404,
      'no-submission',
    ])
  })

  it('alone sees them: no photo is a public blob, nothing is listed or decided without the token', async () => {
    const site = await startTaking()
    await give(site)
    const [given] = (await listOf(site)).submissions
    const [photo] = photosIn(site)
    expect((await fetch(`${site.url}/blobs/${photo}`)).status).toBe(404)
    for (const [method, path] of [
      ['GET', '/api/submissions'],
      ['GET', `/api/submissions/${given!.id}/photos/0`],
      ['POST', `/api/submissions/${given!.id}/decision`],
      ['POST', '/api/submissions/decisions'],
      ['GET', '/api/species?text=a'],
    ] as const)
      expect((await fetch(site.url + path, { method })).status, path).toBe(401)
    expect((await site.call('GET', `/api/submissions/${given!.id}/photos/1`)).status).toBe(404)
  })

  it('rejects at once those that were shown, by name: not what came since, nor what was accepted meanwhile; and takes that back', async () => {
    const site = await startTaking()
    for (const author of ['a', 'b', 'c']) await give(site, { statement: { author } })
    const shown = (await listOf(site)).submissions.reverse()
    const ids = shown.map(({ id }) => id)
    await decide(site, shown[1]!, { decision: 'accept', species: 'bellis' })
    await give(site, { statement: { author: 'after' } })
    const decideAll = (wish: object) =>
      site.json<DecidedSubmissions>('POST', '/api/submissions/decisions', wish)
    const rejected = await decideAll({ decision: 'reject', submissions: [...ids, 'none'] })
    expect(rejected.submissions.sort()).toEqual([ids[0], ids[2]].sort())
    const { counts, submissions } = await listOf(site)
    expect(counts).toEqual({ waiting: 1, accepted: 1, rejected: 2 })
    expect(submissions.map(({ author }) => author)).toEqual(['after'])
    expect((await listOf(site, 'accepted')).submissions[0]!.species?.id).toBe('bellis')

    const back = await decideAll({ decision: 'undecide', submissions: ids })
    expect(back.submissions.sort()).toEqual(rejected.submissions)
    expect((await listOf(site)).counts).toEqual({ waiting: 3, accepted: 1, rejected: 0 })
    expect((await decideAll({ decision: 'undecide', submissions: ids })).submissions).toEqual([])
  })

  it('IN1: names each that is to be rejected, as many as a list has at most', async () => {
    const site = await startTaking()
    await give(site)
    const [given] = (await listOf(site)).submissions
    const wrong: object[] = [
      { decision: 'reject' },
      { decision: 'reject', submissions: [] },
      { decision: 'reject', submissions: 'all' },
      { decision: 'accept', submissions: [given!.id], species: 'bellis' },
      { decision: 'reject', submissions: Array(SUBMISSION_LIMITS.listed + 1).fill(given!.id) },
    ]
    for (const wish of wrong)
      expect((await site.call('POST', '/api/submissions/decisions', wish)).status).toBe(400)
    expect((await listOf(site)).counts.waiting).toBe(1)
  })

  it('pages through many, in the order of coming', async () => {
    const site = await startTaking()
    for (let i = 0; i < 23; i++) await give(site, { statement: { author: `author ${i}` } })
    const page = await site.json<{ submissions: Submission[]; isMore: boolean }>(
      'GET',
      '/api/submissions?after=0',
    )
    expect([page.submissions.length, page.submissions[0]!.author, page.isMore]).toEqual([
      20,
      'author 0',
      true,
    ])
    const rest = await site.json<typeof page>(
      'GET',
      `/api/submissions?after=${page.submissions.at(-1)!.number}`,
    )
    expect([rest.submissions.map(({ author }) => author), rest.isMore]).toEqual([
      ['author 20', 'author 21', 'author 22'],
      false,
    ])
  })
})

describe('FB5: what is taken', () => {
  it('CK1: is there after a restart; photos whose row never came are swept away, those that wait are not', async () => {
    let isCut = false
    const cut = tappedAdapters(({ method, moment }) => {
      const isLast = method === 'insertSubmission' || method === 'submissionPhotosInUse'
      if (isCut && isLast && moment === 'before') throw new Error('cut off here')
    })
    const site = await startTaking({ ...cut, photoReaders: adapters().photoReaders })
    await give(site)
    isCut = true
    expect((await give(site, { photos: [await jpeg(9)] })).status).toBe(503)
    expect(photosIn(site)).toHaveLength(2)
    await site.stop()
    const again = await startSite({ data: site.data }, adapters())
    const { submissions } = await listOf(again)
    expect(submissions).toHaveLength(1)
    expect(photosIn(again)).toHaveLength(1)
    expect((await photoOf(again, submissions[0]!)).byteLength).toBe(submissions[0]!.photos[0]!.bytes)
  })

  it('and was rejected is deleted an hour later, row and photos; a photo that another submission has too stays', async () => {
    const clock = handClock()
    const site = await startTaking({ clock })
    const [own, shared] = [await jpeg(5), await jpeg(6)]
    await give(site, { photos: [own, shared] })
    await give(site, { photos: [shared], statement: { author: 'another' } })
    expect(photosIn(site)).toHaveLength(2)
    const { submissions } = await listOf(site)
    await decide(site, submissions[1]!, { decision: 'reject' })
    clock.moveOn(UNDO_MS - 1)
    expect((await listOf(site)).counts.rejected).toBe(1)
    clock.moveOn(1)
    await expect.poll(() => photosIn(site).length).toBe(1)
    expect((await listOf(site)).counts).toEqual({ waiting: 1, accepted: 0, rejected: 0 })
    expect((await photoOf(site, submissions[0]!)).byteLength).toBeGreaterThan(0)
    expect((await site.call('GET', `/api/submissions/${submissions[1]!.id}/photos/0`)).status).toBe(404)
  })

  it('but whose row could not be written is deleted at once', async () => {
    let isFull = false
    const full = tappedAdapters(({ method, moment }) => {
      if (isFull && method === 'insertSubmission' && moment === 'before') throw new Error('no room for a row')
    })
    const site = await startTaking({ ...full, photoReaders: adapters().photoReaders })
    await give(site)
    const kept = photosIn(site)
    isFull = true
    expect((await give(site, { photos: [await jpeg(9), await jpeg(10)] })).status).toBe(503)
    await expect.poll(() => photosIn(site)).toEqual(kept)
    isFull = false
    expect((await give(site, { photos: [await jpeg(9)] })).status).toBe(201)
    expect(photosIn(site)).toHaveLength(2)
  })

  it('and was rejected is deleted an hour after its own rejection, not after another’s', async () => {
    const clock = handClock()
    const site = await startTaking({ clock })
    await give(site, { photos: [await jpeg(5)] })
    await give(site, { photos: [await jpeg(6)] })
    const { submissions } = await listOf(site)
    await decide(site, submissions[0]!, { decision: 'reject' })
    clock.moveOn(UNDO_MS / 2)
    await decide(site, submissions[1]!, { decision: 'reject' })
    for (const left of [1, 0]) {
      clock.moveOn(UNDO_MS / 2)
      // It waits for the sweep that the clock has begun.
      expect((await decide(site, { ...submissions[0]!, id: 'none' }, { decision: 'reject' })).status).toBe(
        404,
      )
      expect(photosIn(site)).toHaveLength(left)
    }
  })

  it('and was rejected with others is deleted an hour later, with their photos', async () => {
    const clock = handClock()
    const site = await startTaking({ clock })
    for (const seed of [5, 6, 7]) await give(site, { photos: [await jpeg(seed)] })
    const [kept, ...others] = (await listOf(site)).submissions
    const submissions = others.map(({ id }) => id)
    await site.call('POST', '/api/submissions/decisions', { decision: 'reject', submissions })
    expect(photosIn(site)).toHaveLength(3)
    clock.moveOn(UNDO_MS)
    // It waits for the sweep that the clock has begun.
    expect((await decide(site, { ...kept!, id: 'none' }, { decision: 'reject' })).status).toBe(404)
    expect(photosIn(site)).toHaveLength(1)
    expect((await listOf(site)).submissions).toMatchObject([{ id: kept!.id }])
    expect((await listOf(site)).counts.rejected).toBe(0)
  })

  it('and was rejected before a restart is deleted at the start after the hour', async () => {
    const site = await startTaking({ clock: handClock() })
    await give(site)
    const [given] = (await listOf(site)).submissions
    await decide(site, given!, { decision: 'reject' })
    await site.stop()
    // By the wall clock of 1970 the hour is over now.
    const again = await startSite({ data: site.data }, adapters())
    expect(photosIn(again)).toEqual([])
    expect((await listOf(again)).counts.rejected).toBe(0)
  })
})
