/** /v2 over a real port, from a program's side: the reference's fields, errors and headers. */
import { createHash } from 'node:crypto'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { afterAll, describe, expect, it } from 'vitest'
import { type Adapters, systemAdapters } from '../../../src/adapters.ts'
import type { Calibrator } from '../../../src/identify/calibration/calibrator.ts'
import type { CalibrationAnswer } from '../../../src/identify/calibration/jobs.ts'
import { startPhotoReaders } from '../../../src/identify/photo-readers.pool.ts'
import type { PhotoReaders } from '../../../src/identify/photo-readers.ts'
import {
  bringPhotos,
  formOf,
  jpeg,
  lookOf,
  makeKey,
  picture,
  publish,
  species,
  v2,
} from '../../identify/fixture.ts'
import { postUnsaid } from '../../post-unsaid.ts'
import { type RunningSite, startSite } from '../../running-site.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** One thread, of all tests. */
const readers = startPhotoReaders(1)
afterAll(() => readers.close())

function adapters(more: Partial<Adapters> = {}): Adapters {
  return {
    ...systemAdapters(),
    photoReaders: () => ({ ...readers, close: async () => {} }),
    startCalibrator: () => calibratorOf({ kind: 'failed', why: 'Not here.' }),
    ...more,
  }
}

function calibratorOf(answer: CalibrationAnswer): Calibrator {
  return { calibrate: async () => answer, close: async () => {} }
}

async function startNaming(more: Partial<Adapters> = {}) {
  const site = await startSite({}, adapters(more))
  const { train } = await bringPhotos(site)
  const model = await publish(site)
  const { key } = await makeKey(site)
  return { site, train, model, key, api: v2(site, key) }
}

/** Readers that answer at once, and with the same scores. */
function fixedReaders(scores: readonly number[], plant: number | null = null): PhotoReaders {
  return {
    read: async () => lookOf(scores, plant),
    fitToKeep: readers.fitToKeep,
    forget: () => {},
    waitMs: () => 2500,
    close: async () => {},
  }
}

async function faultIn(response: Response) {
  const body = (await response.json()) as { statusCode: number; error: string; message: string }
  expect(Object.keys(body)).toEqual(['statusCode', 'error', 'message'])
  expect(body.statusCode).toBe(response.status)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  return [response.status, body.error, body.message] as const
}

describe('PN1: an identification', () => {
  it('PN6: is answered with the fields of the reference, in their order, and photos to compare with', async () => {
    const { site, train, model, api } = await startNaming({
      photoReaders: () => fixedReaders([0.7, 0.1, 0.2]),
    })
    const [first, second] = [await jpeg(1), await picture(2).png().toBuffer()]
    const form = formOf(
      [
        { bytes: first, name: 'leaf.jpg' },
        { bytes: second, name: '../b.png', type: 'image/png' },
      ],
      ['leaf', 'whole plant'],
    )
    const response = await api.identify(
      form,
      '/identify/all?include-related-images=true&nb-results=2&lang=fr&type=legacy&detailed=true&no-reject=true',
    )
    expect(response.status).toBe(200)
    const answer = (await response.json()) as Golden
    const [daisy, maple] = answer.results
    expect(Object.keys(answer)).toEqual(
      'query predictedOrgans language preferedReferential bestMatch results otherResults version remainingIdentificationRequests'.split(
        ' ',
      ),
    )
    expect({ ...answer, results: answer.results.map(({ images: _, ...result }) => result) }).toEqual({
      query: {
        project: 'all',
        images: [sha256(first), sha256(second)],
        organs: ['leaf', 'auto'],
        includeRelatedImages: true,
        noReject: true,
        type: 'legacy',
      },
      predictedOrgans: [
        { image: sha256(first), filename: 'leaf.jpg', organ: 'leaf', score: 0 },
        { image: sha256(second), filename: 'b.png', organ: 'auto', score: 0 },
      ],
      language: 'fr',
      preferedReferential: 'k-world-flora',
      bestMatch: 'Bellis perennis L.',
      results: [
        {
          score: 0.7,
          species: {
            scientificNameWithoutAuthor: 'Bellis perennis',
            scientificNameAuthorship: 'L.',
            scientificName: 'Bellis perennis L.',
            commonNames: ['pâquerette'],
            genus: taxon('Bellis'),
            family: taxon('Asteraceae'),
          },
          gbif: { id: '3117424' },
          powo: { id: '184306-2' },
          iucn: { id: '', category: 'LC' },
        },
        {
          score: 0.2,
          species: {
            scientificNameWithoutAuthor: 'Acer ×coriaceum',
            scientificNameAuthorship: '',
            scientificName: 'Acer ×coriaceum',
            commonNames: [],
            genus: taxon('Acer'),
            family: taxon('Sapindaceae'),
          },
          gbif: null,
          powo: null,
        },
      ],
      otherResults: {
        genus: [
          { score: 0.7, genus: taxon('Bellis') },
          { score: 0.3, genus: taxon('Acer') },
        ],
        family: [
          { score: 0.7, family: taxon('Asteraceae') },
          { score: 0.2, family: taxon('Sapindaceae') },
        ],
      },
      version: `${model.publishedAt.slice(0, 10)} (meadow, step 0)`,
      remainingIdentificationRequests: 499,
    })

    // PN6: of several organs, the one that was asked for first; nothing that its licence forbids to show.
    expect(maple!.images.map(({ organ }) => organ).sort()).toEqual(['bark', 'flower', 'leaf', 'leaf'])
    expect(daisy!.images.map(({ organ }) => organ)).toContain('bark')
    expect(daisy!.images[0]!.organ).toBe('leaf')
    const [image] = daisy!.images
    const number = train.findIndex(({ author }) => author === image!.author)
    expect(train[number]!.species).toBe(0)
    expect(image).toEqual({
      organ: 'leaf',
      author: `Zoë ${number}`,
      license: 'CC BY 4.0',
      date: { timestamp: 0, string: '' },
      url: { o: image!.url.o, m: image!.url.o, s: image!.url.o },
      citation: `Zoë ${number} / meadow, CC BY 4.0`,
    })
    expect(image!.url.o.startsWith(`${site.url}/v2/photos/`)).toBe(true)
    const shown = await fetch(image!.url.m)
    expect(Buffer.from(await shown.arrayBuffer()).equals(train[number]!.jpeg)).toBe(true)
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': expect.stringContaining('immutable'),
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
    })
    for (const path of [
      `/v2/photos/${'0'.repeat(64)}/0.jpg`,
      '/v2/photos/x/0.jpg',
      new URL(image!.url.o).pathname.replace(/[0-9]+[.]jpg$/, '9999.jpg'),
    ]) {
      expect((await fetch(site.url + path)).status).toBe(404)
    }
  })

  it('with nothing but photos, has the usual options; images is an array all the same', async () => {
    const { api, model } = await startNaming()
    const response = await api.identify(formOf([{ bytes: await jpeg(1) }]), '/identify/meadow?lang=ja')
    const { query, language, results, ...answer } = (await response.json()) as Golden
    expect(query).toMatchObject({
      organs: ['auto'],
      includeRelatedImages: false,
      noReject: false,
      type: 'kt',
    })
    expect(answer).not.toHaveProperty('otherResults')
    expect(language).toBe('en')
    expect(results).toHaveLength(model.species.length)
    for (const { score, images } of results) {
      expect(images).toEqual([])
      expect(score).toBe(Number(score.toFixed(5)))
    }
    const scores = results.map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(scores.reduce((sum, score) => sum + score)).toBeCloseTo(1, 3)
  })

  it('takes organs from the address, and fields named as PHP names them', async () => {
    const { api } = await startNaming({ photoReaders: () => fixedReaders([0.7, 0.1, 0.2]) })
    const organs = async (form: FormData, query: string) =>
      ((await (await api.identify(form, `/identify/k-world-flora?${query}`)).json()) as Golden).query.organs
    const two = async () => formOf([{ bytes: await jpeg(1) }, { bytes: await jpeg(2) }])
    expect(await organs(await two(), 'organs=flower&organs=fruit')).toEqual(['flower', 'fruit'])
    expect(await organs(await two(), 'organs=bark,habit')).toEqual(['bark', 'auto'])
    expect(await organs(await two(), 'organs=')).toEqual(['auto', 'auto'])
    expect(
      await organs(formOf([{ bytes: await jpeg(1) }, { bytes: await jpeg(2) }], ['', 'leaf']), ''),
    ).toEqual(['auto', 'leaf'])
    const php = new FormData()
    php.append('images[]', new Blob([new Uint8Array(await jpeg(1))]), 'a.jpg')
    php.append('organs[]', 'LEAF')
    expect(await organs(php, '')).toEqual(['leaf'])
  })

  it('takes yes and no as Python says them', async () => {
    const { api } = await startNaming({ photoReaders: () => fixedReaders([0.7, 0.1, 0.2]) })
    const form = formOf([{ bytes: await jpeg(1) }])
    const path = '/identify/all?include-related-images=True&no-reject=False&detailed=TRUE'
    const { query, otherResults } = (await (await api.identify(form, path)).json()) as Golden
    expect(query).toMatchObject({ includeRelatedImages: true, noReject: false })
    expect(otherResults).toBeDefined()
  })

  it('PN5: a new publication names at once', async () => {
    const { site, api } = await startNaming()
    const name = async () => (await (await api.identify(formOf([{ bytes: await jpeg(1) }]))).json()) as Golden
    const before = await name()
    await publish(site, { name: 'other', seed: 6 })
    const after = await name()
    expect([before.version, after.version].map((text) => text.slice(11))).toEqual([
      '(meadow, step 0)',
      '(other, step 0)',
    ])
    expect(after.results.map(({ score }) => score)).not.toEqual(before.results.map(({ score }) => score))
  })
})

describe('PN4: errors are those of the reference', () => {
  it('of the key, of the project, of the options', async () => {
    const { site, api } = await startNaming({ photoReaders: () => fixedReaders([0.7, 0.1, 0.2]) })
    const form = async () => formOf([{ bytes: await jpeg(1) }])
    const post = async (path: string) =>
      faultIn(await fetch(`${site.url}/v2${path}`, { method: 'POST', body: await form() }))
    expect((await post('/identify/all'))[0]).toBe(401)
    expect((await post('/identify/all?api-key='))[0]).toBe(401)
    expect(await post('/identify/all?api-key=guess')).toMatchObject([403, 'Forbidden', expect.anything()])
    expect(await faultIn(await api.identify(await form(), '/identify/tundra'))).toEqual([
      404,
      'Not Found',
      'There is no project tundra.',
    ])
    for (const query of ['nb-results=0', 'nb-results=many', 'type=new', 'no-reject=maybe', 'detailed=2']) {
      const [status, , message] = await faultIn(await api.identify(await form(), `/identify/all?${query}`))
      expect(status).toBe(400)
      expect(message).toContain(query.split('=')[0])
    }
    expect((await faultIn(await api.get('/identify/all?images=https://elsewhere.example/a.jpg')))[0]).toBe(
      403,
    )
    expect((await faultIn(await api.get('/nothing')))[0]).toBe(404)
    expect((await faultIn(await api.get(`/species?prefix=${'x'.repeat(9000)}`)))[0]).toBe(414)
    expect((await faultIn(await api.get(`/species?prefix=${'x'.repeat(40_000)}`)))[0]).toBe(414)
    // None of them counts.
    expect(await (await api.get('/quota/daily')).json()).toMatchObject({ quota: { identify: { count: 0 } } })
  })

  it('PN3: of the images, and the next request is served', async () => {
    const { api } = await startNaming()
    const good = await jpeg(1)
    const images = (count: number) => formOf(Array.from({ length: count }, () => ({ bytes: good })))
    const of = async (form: FormData) => faultIn(await api.identify(form))
    expect((await of(images(0)))[0]).toBe(400)
    expect(await of(images(6))).toMatchObject([400, 'Bad Request', expect.stringContaining('6 images')])
    expect((await of(formOf([{ bytes: good }, { bytes: good }], ['leaf'])))[0]).toBe(400)
    expect(await of(formOf([{ bytes: Buffer.from('<html>'), name: 'a.jpg' }]))).toEqual([
      415,
      'Unsupported Media Type',
      'Unsupported file type for image',
    ])
    expect((await of(formOf([{ bytes: await picture(1).webp().toBuffer() }])))[0]).toBe(415)
    expect((await of(formOf([{ bytes: Buffer.concat([good, Buffer.from('PK\x03\x04')]) }])))[0]).toBe(415)
    expect((await of(formOf([{ bytes: good.subarray(0, good.length / 2) }])))[0]).toBe(400)
    const bomb = await picture(1).png().toBuffer()
    bomb.writeUInt32BE(30_000, 16)
    bomb.writeUInt32BE(30_000, 20)
    expect(await of(formOf([{ bytes: bomb, type: 'image/png' }]))).toMatchObject([
      400,
      'Bad Request',
      expect.stringContaining('900000000 pixels'),
    ])
    const json = await api.get('/_status')
    expect(json.status).toBe(200)
    expect((await api.identify(images(1))).status).toBe(200)
    expect((await api.identify(images(5))).status).toBe(200)
  })

  it('PN3: 60 MB are refused, and 300 without being held, where their length is not said', async () => {
    const { site, key, api } = await startNaming()
    await api.identify(formOf([{ bytes: await jpeg(1) }]))
    const large = formOf([{ bytes: new Uint8Array(60_000_000) }])
    expect(await faultIn(await api.identify(large))).toMatchObject([
      413,
      'Payload Too Large',
      expect.anything(),
    ])
    const before = process.memoryUsage().arrayBuffers
    const unsaid = await postUnsaid(`${site.url}/v2/identify/all?api-key=${key}`, 300)
    expect(unsaid.status).toBe(413)
    expect(unsaid.most - before).toBeLessThan(200e6)
    // PN4: what is refused unread too: whoever is cut off while they send hears nothing.
    const unread = {
      401: '/v2/identify/all',
      403: '/v2/identify/all?api-key=guess',
      404: `/v2/identify/tundra?api-key=${key}`,
      400: `/v2/identify/all?api-key=${key}&nb-results=0`,
    }
    for (const [status, path] of Object.entries(unread)) {
      const refused = await postUnsaid(site.url + path, 70)
      expect([refused.status, refused.isAllSent]).toEqual([Number(status), true])
      expect(refused.most - before).toBeLessThan(200e6)
    }
    expect((await api.identify(formOf([{ bytes: await jpeg(1) }]))).status).toBe(200)
  })

  it('404 Species not found where no plant is recognised, unless no-reject says not to mind', async () => {
    const plantCheck = {
      threshold: 0.5,
      plantsRefused: 0.01,
      nonPlantsRefused: 0.9,
      plants: 100,
      nonPlants: 100,
    }
    const calibration = {
      temperature: null,
      rollUp: null,
      plantCheck,
      organs: null,
      measured: null,
      lacking: [],
    }
    const { site, api } = await startNaming({
      photoReaders: () => fixedReaders([0.7, 0.1, 0.2], 0.4),
      startCalibrator: () =>
        calibratorOf({ kind: 'calibrated', calibration, heads: new Uint8Array(0), features: 0 }),
    })
    const isCalibrated = async () =>
      (await site.json<PublishedModel>('GET', '/api/model')).calibration !== null
    await expect.poll(isCalibrated, { timeout: 60_000 }).toBe(true)
    const form = async () => formOf([{ bytes: await jpeg(1) }])
    expect(await faultIn(await api.identify(await form()))).toEqual([404, 'Not Found', 'Species not found'])
    expect((await api.identify(await form(), '/identify/all?no-reject=true')).status).toBe(200)
    expect(await (await api.get('/quota/daily')).json()).toMatchObject({ quota: { identify: { count: 2 } } })
  })

  it('503 while no model is published, and what goes wrong here is said in the same form', async () => {
    const site = await startSite(
      {},
      adapters({
        photoReaders: () => ({ ...fixedReaders([]), read: () => Promise.reject(new Error('lost')) }),
      }),
    )
    const { key } = await makeKey(site)
    const api = v2(site, key)
    const form = async () => formOf([{ bytes: await jpeg(1) }])
    for (const path of ['/languages', '/projects', '/species']) {
      expect(await faultIn(await api.get(path))).toMatchObject([
        503,
        'Service Unavailable',
        expect.anything(),
      ])
    }
    expect((await faultIn(await api.identify(await form())))[0]).toBe(503)
    await bringPhotos(site)
    await publish(site)
    expect(await faultIn(await api.identify(await form()))).toMatchObject([
      500,
      'Internal Server Error',
      expect.anything(),
    ])
    expect(await (await api.get('/quota')).json()).toMatchObject({ quota: { identify: { count: 0 } } })
  })

  it('PN2: 429 with Retry-After beyond 48 requests of one key at a time, and 64 of all', async () => {
    let letGo!: () => void
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let reading = 0
    const { api, site } = await startNaming({
      photoReaders: () => ({
        ...fixedReaders([0.7, 0.1, 0.2]),
        read: async () => {
          reading++
          await held
          return lookOf([0.7, 0.1, 0.2])
        },
      }),
    })
    const bytes = await jpeg(1)
    const other = v2(site, (await makeKey(site, { name: 'another', origins: [] })).key)
    const ask = (own: typeof api, times: number) =>
      Array.from({ length: times }, () => own.identify(formOf([{ bytes }])))
    const greedy = ask(api, 48)
    await expect.poll(() => reading, { timeout: 60_000 }).toBe(48)
    const [refused] = await Promise.all(ask(api, 1))
    expect(refused!.headers.get('retry-after')).toBe('3')
    expect(await faultIn(refused!)).toMatchObject([429, 'Too Many Requests', expect.anything()])
    const others = ask(other, 16)
    await expect.poll(() => reading, { timeout: 60_000 }).toBe(64)
    expect((await Promise.all(ask(other, 1))).map(({ status }) => status)).toEqual([429])
    letGo()
    expect((await Promise.all([...greedy, ...others])).every(({ status }) => status === 200)).toBe(true)
  })
})

describe('AK1: a key', () => {
  it('is shown once, kept by its hash, good after a restart, and not any more once revoked', async () => {
    const site = await startSite({}, adapters())
    await bringPhotos(site)
    await publish(site)
    const made = await makeKey(site, { name: 'garden app', origins: ['https://garden.example'] })
    const listed = (of: RunningSite) => of.json<unknown>('GET', '/api/keys')
    const { key, ...summary } = made
    expect(key).toHaveLength(32)
    expect(await listed(site)).toEqual([summary])
    await site.stop()

    const again = await startSite({ data: site.data }, adapters())
    const api = v2(again, key)
    expect(await (await api.get('/subscription')).json()).toEqual({
      name: 'garden app',
      createdAt: made.createdAt,
      quota: { identify: 500 },
      origins: ['https://garden.example'],
    })
    expect(await again.json('DELETE', `/api/keys/${made.id}`)).toMatchObject({
      revokedAt: expect.any(String),
    })
    expect((await faultIn(await api.get('/languages')))[0]).toBe(403)
    expect(await listed(again)).toMatchObject([{ id: made.id, revokedAt: expect.any(String) }])
    expect((await again.call('DELETE', '/api/keys/none')).status).toBe(404)
    for (const wish of [
      { name: '', dailyQuota: 1 },
      { name: 'a', dailyQuota: -1 },
      { name: 'a', dailyQuota: 1, origins: ['https://a.example/path'] },
    ]) {
      expect((await again.call('POST', '/api/keys', wish)).status).toBe(400)
    }
    for (const method of ['GET', 'POST', 'DELETE']) {
      const path = method === 'DELETE' ? `/api/keys/${made.id}` : '/api/keys'
      expect((await fetch(again.url + path, { method })).status).toBe(401)
    }
  })

  it('of certain pages is of no use to others; programs have no origin', async () => {
    const { site } = await startNaming()
    const { key } = await makeKey(site, { origins: ['https://garden.example', 'http://localhost:8000'] })
    const api = v2(site, key)
    const from = async (origin: string) => (await api.get('/languages', { origin })).status
    expect(await from('https://garden.example')).toBe(200)
    expect(await from('http://localhost:8000')).toBe(200)
    expect(await from('https://garden.example.evil.example')).toBe(403)
    expect(await from('null')).toBe(403)
    expect((await api.get('/languages')).status).toBe(200)
    const refused = await api.get('/languages', { origin: 'https://evil.example' })
    expect((await faultIn(refused))[2]).toContain('origin')
    const preflight = await fetch(`${site.url}/v2/identify/all?api-key=${key}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  })
})

describe('AK2: a day’s identifications', () => {
  it('are counted by the key, told in headers, and begin anew at 00:00 UTC; a restart forgets none', async () => {
    const system = systemAdapters()
    let now = Date.UTC(2026, 0, 1, 23, 59, 30)
    const clock = { ...system.clock, date: () => new Date(now) }
    const naming = adapters({ clock, photoReaders: () => fixedReaders([0.7, 0.1, 0.2]) })
    const site = await startSite({}, naming)
    await bringPhotos(site)
    await publish(site)
    const { key } = await makeKey(site, { dailyQuota: 2 })
    const { key: another } = await makeKey(site, { dailyQuota: 2 })
    const bytes = await jpeg(1)
    const name = (of: RunningSite, secret = key) => v2(of, secret).identify(formOf([{ bytes }]))
    const rateOf = ({ headers }: Response) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]
    const first = await name(site)
    expect(rateOf(first)).toEqual(['"identify";q=2;w=86400', '"identify";r=1;t=30'])
    expect(((await first.json()) as Golden).remainingIdentificationRequests).toBe(1)
    await site.stop()

    const again = await startSite({ data: site.data }, naming)
    expect((await name(again)).status).toBe(200)
    const refused = await name(again)
    expect([...rateOf(refused), refused.headers.get('retry-after')]).toEqual([
      '"identify";q=2;w=86400',
      '"identify";r=0;t=30',
      '30',
    ])
    expect((await faultIn(refused))[0]).toBe(429)
    expect((await name(again, another)).status).toBe(200)
    now += 30_000
    expect((await name(again)).status).toBe(200)
    const api = v2(again, key)
    const day = (text: string, count: number) => ({
      day: text,
      quota: { identify: { count, total: 2, remaining: 2 - count } },
    })
    expect(await (await api.get('/quota/daily')).json()).toEqual(day('2026-01-02', 1))
    expect(await (await api.get('/quota/daily?day=2026-01-01')).json()).toEqual(day('2026-01-01', 2))
    expect(await (await api.get('/quota/history')).json()).toEqual([
      day('2026-01-01', 2),
      day('2026-01-02', 1),
    ])
    expect(await (await api.get('/quota/history?start=2026-01-02&end=2026-01-05')).json()).toHaveLength(1)
    for (const query of ['start=2026-01-03&end=2026-01-02', 'start=yesterday', 'start=2024-01-01']) {
      expect((await faultIn(await api.get(`/quota/history?${query}`)))[0]).toBe(400)
    }
  })
})

describe('PN7: what the model knows', () => {
  it('languages, projects, species page by page and by prefix', async () => {
    const { api } = await startNaming()
    const json = async (path: string) => (await api.get(path)).json() as Promise<unknown>
    expect(await json('/languages')).toEqual(['en', 'fr', 'pt-br'])
    expect(await json('/projects?lang=fr&type=kt&lat=43.6&lon=3.9')).toMatchObject([
      { id: 'k-world-flora', title: 'World flora', speciesCount: 3 },
      { id: 'meadow', speciesCount: 3 },
    ])
    const daisy = {
      id: 'bellis',
      commonNames: ['bonina'],
      scientificNameWithoutAuthor: 'Bellis perennis',
      scientificNameAuthorship: 'L.',
      gbifId: '3117424',
      powoId: '184306-2',
      iucnCategory: 'LC',
    }
    const maple = {
      id: 'acer',
      commonNames: ['field maple'],
      scientificNameWithoutAuthor: 'Acer campestre',
      scientificNameAuthorship: '',
      gbifId: null,
      powoId: null,
      iucnCategory: null,
    }
    const all = (await json('/species?lang=pt-BR')) as { id: string }[]
    expect(all).toHaveLength(species.length)
    expect([all[0], all[2]]).toEqual([maple, daisy])
    expect(await json('/species?lang=pt&prefix=bellis')).toEqual([daisy])
    expect(await json('/projects/all/species?pageSize=1&page=3&lang=pt-BR')).toEqual([daisy])
    expect(await json('/projects/meadow/species?prefix=acer&pageSize=1')).toEqual([maple])
    expect(await json('/species?page=9')).toEqual([])
    for (const path of ['/projects/tundra/species', '/projects/tundra/species/align?name=Acer']) {
      expect((await faultIn(await api.get(path)))[0]).toBe(404)
    }
    for (const path of [
      '/species?pageSize=0',
      '/species?page=-1',
      '/projects?lat=91',
      '/projects/all/species/align',
    ])
      expect((await faultIn(await api.get(path)))[0]).toBe(400)
  })

  it('a name in any of its ways leads to the accepted species', async () => {
    const { api } = await startNaming()
    const align = async (name: string) => {
      const response = await api.get(`/projects/all/species/align?name=${encodeURIComponent(name)}`)
      return response.status === 200 ? ((await response.json()) as { id: string }).id : response.status
    }
    expect(await align('Bellis perennis')).toBe('bellis')
    expect(await align(' bellis  PERENNIS l. ')).toBe('bellis')
    expect(await align('Aster bellis E.H.L.Krause')).toBe('bellis')
    expect(await align('Acer x coriaceum')).toBe('acer-2')
    expect(await align('Quercus robur')).toBe(404)
  })

  it('_status needs no key', async () => {
    const site = await startSite({}, adapters())
    const response = await fetch(`${site.url}/v2/_status`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })
})

describe('PN8: the API says what it is', () => {
  it('every call that there is stands in the document, and every answer fits it', async () => {
    const { site, api } = await startNaming({ photoReaders: () => fixedReaders([0.7, 0.1, 0.2]) })
    const document = (await (await fetch(`${site.url}/v2/openapi.json`)).json()) as OpenApi
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers).toEqual([{ url: site.url }])
    const okOf = (path: string, method = 'get') =>
      document.paths[path]![method]!.responses['200']!.content!['application/json']!.schema
    for (const path of Object.keys(document.paths)) {
      const isPost = document.paths[path]!.post !== undefined
      const asked = path
        .replace('/v2', '')
        .replace('{project}', 'all')
        .replace('align', 'align?name=Bellis%20minor')
      const response = isPost
        ? await api.identify(
            formOf([{ bytes: await jpeg(1) }]),
            '/identify/all?include-related-images=true&detailed=true',
          )
        : await api.get(asked)
      expect(response.status, path).toBe(200)
      expect(misfits(await response.json(), okOf(path, isPost ? 'post' : 'get'), document), path).toEqual([])
    }
    const fault = await (await api.get('/nothing')).json()
    expect(misfits(fault, document.components.schemas.Error!, document)).toEqual([])
    expect(misfits({}, document.components.schemas.Error!, document)).not.toEqual([])
  })

  it('to people on a page without scripts, that takes nothing from elsewhere', async () => {
    const site = await startSite({}, adapters())
    const response = await fetch(`${site.url}/v2/docs`)
    const html = await response.text()
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(html).not.toMatch(/<script|src=|url\(|https?:/)
    for (const path of ['/v2/identify/{project}', '/v2/quota/history', 'Unsupported file type for image'])
      expect(html).toContain(path)
  })
})

type Golden = {
  query: { organs: string[] }
  language: string
  results: {
    score: number
    images: { organ: string; author: string; url: { o: string; m: string; s: string } }[]
  }[]
  version: string
  remainingIdentificationRequests: number
} & { [field: string]: unknown }

type Schema = { [keyword: string]: unknown }
type OpenApi = {
  openapi: string
  servers: unknown
  paths: {
    [path: string]: {
      [method: string]: {
        responses: { [status: string]: { content?: { [type: string]: { schema: Schema } } } }
      }
    }
  }
  components: { schemas: { [name: string]: Schema } }
}

function taxon(name: string) {
  return { scientificNameWithoutAuthor: name, scientificNameAuthorship: '', scientificName: name }
}

/** Where a value is not what the schema says; of JSON Schema what the document uses. Fields that no schema names are misfits too. */
function misfits(value: unknown, schema: Schema, document: OpenApi, at = '$'): string[] {
  const { $ref: ref } = schema
  if (typeof ref === 'string')
    return misfits(value, document.components.schemas[ref.split('/').at(-1)!]!, document, at)
  if (schema.const !== undefined) return value === schema.const ? [] : [at]
  if (Array.isArray(schema.enum)) return schema.enum.includes(value) ? [] : [at]
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const types = [schema.type].flat() as string[]
  if (!types.includes(kind) && !(kind === 'number' && types.includes('integer'))) return [`${at} is ${kind}`]
  if (kind === 'array') {
    return (value as unknown[]).flatMap((item, i) =>
      misfits(item, schema.items as Schema, document, `${at}[${i}]`),
    )
  }
  if (kind !== 'object') return []
  const properties = schema.properties as { [name: string]: Schema }
  const own = value as { [name: string]: unknown }
  const missing = (schema.required as string[])
    .filter((name) => !(name in own))
    .map((name) => `${at}.${name} is missing`)
  const known = Object.entries(own).flatMap(([name, field]) =>
    name in properties
      ? misfits(field, properties[name]!, document, `${at}.${name}`)
      : [`${at}.${name} is unknown`],
  )
  return [...missing, ...known]
}
