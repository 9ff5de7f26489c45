import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashOf } from '@worldflora/protocol/hash'
import { decodePlaces } from '@worldflora/protocol/places'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ImageFolderImport, type ImportedFlora, importImageFolder } from '../src/image-folder/index.ts'
import { forbidsPassingOn } from '../src/licences.ts'
import { encodeManifest, parseManifest } from '../src/manifest.ts'
import { type Photo, readShard } from '../src/shard.ts'
import type { Split } from '../src/split.ts'
import { encodeTrainLabels } from '../src/train-labels.ts'

type Imported = ImportedFlora & {
  hash: string
  photosOf: (split: Split) => Photo[]
  shardBytes: () => Uint8Array[]
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldflora-photos-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** A photo of a colour, upright unless said otherwise: no two calls give the same bytes. */
let shade = 0
function picture({ width = 60, height = 40 } = {}): Sharp {
  shade = (shade + 1) % 65_536
  return sharp({
    create: { width, height, channels: 3, background: { r: shade >> 8, g: shade & 255, b: 120 } },
  })
}

async function put(path: string, bytes?: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  // PNG keeps colours exactly, so that pictures of neighbouring shades stay different.
  await writeFile(join(folder, path), bytes ?? (await picture().png().toBuffer()))
}

async function attempt(request: Partial<ImageFolderImport> = {}): Promise<Imported | Rejection> {
  const shards = new Map<string, Uint8Array>()
  const writeShard = async (hash: string, bytes: Uint8Array) => {
    shards.set(hash, bytes)
  }
  const result = await importImageFolder({ folder, name: 'mine', storedSize: 32, ...request, writeShard })
  if (isRejection(result)) return result
  const encoded = encodeManifest(result.manifest)
  expect(parseManifest(encoded)).toEqual(result.manifest)
  const photosOf = (split: Split) =>
    result.manifest.shards[split].flatMap((ref) => readShard(shards.get(ref.hash)!) as Photo[])
  // The photos stay out of the result itself: a failed expectation would print every byte.
  return { ...result, hash: hashOf(encoded), photosOf, shardBytes: () => [...shards.values()] }
}

async function importAll(request: Partial<ImageFolderImport> = {}): Promise<Imported> {
  const result = await attempt(request)
  if (isRejection(result)) throw new Error(result.message)
  return result
}

function reasons(flora: ImportedFlora): Record<string, string> {
  return Object.fromEntries(flora.skipped.map(({ path, reason }) => [path, reason]))
}

describe('a folder per species', () => {
  test('species are named after their folders; photos are split 80/10/10', async () => {
    for (let n = 0; n < 20; n++) await put(`aloe-vera/${n}.png`)
    for (let n = 0; n < 10; n++) await put(`Bellis perennis/deeper/${n}.png`)
    const flora = await importAll()
    expect(flora.manifest.species).toEqual([
      { id: 'Bellis perennis', scientificName: 'Bellis perennis' },
      { id: 'aloe-vera', scientificName: 'Aloe vera' },
    ])
    expect((['train', 'val', 'test'] as const).map((split) => flora.photosOf(split).length)).toEqual([
      24, 3, 3,
    ])
    expect(flora.skipped).toEqual([])
    expect(flora.warnings).toEqual([expect.stringContaining('30 photos without a licence')])
  })

  test('train, val and test folders are kept as they are', async () => {
    for (const path of ['train/a/1.png', 'train/b/1.png', 'val/a/2.png', 'test/b/2.png', 'test/b/3.png'])
      await put(path)
    await put('notes/b/4.png')
    const flora = await importAll()
    const speciesOf = (split: Split) =>
      flora
        .photosOf(split)
        .map((photo) => photo.species)
        .sort()
    expect([speciesOf('train'), speciesOf('val'), speciesOf('test')]).toEqual([[0, 1], [0], [1, 1]])
    expect(reasons(flora)).toEqual({ 'notes/b/4.png': 'lies outside the folders train, val and test' })
  })

  test('what is no usable photo is listed with the reason and never fatal', async () => {
    await put('a/good.png')
    await put('a/same.png', await picture().png().toBuffer())
    await cp(join(folder, 'a/same.png'), join(folder, 'a/twice.png'))
    await put('README.md', 'hello')
    await put('a/notes.txt', 'not a photo')
    await put('a/labels.csv', 'image,species')
    await put('a/empty.jpg', '')
    await put('a/.DS_Store', 'x')
    await put('a/drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"/>')
    await put('a/tiny.png', await picture({ width: 3, height: 3 }).png().toBuffer())
    const whole = await picture({ width: 200, height: 200 }).jpeg().toBuffer()
    await put('a/torn.jpg', whole.subarray(0, whole.length * 0.7))
    const flora = await importAll()
    expect(flora.photosOf('train')).toHaveLength(2)
    expect(reasons(flora)).toEqual({
      'README.md': "lies in no species' folder",
      'a/.DS_Store': 'hidden',
      'a/drawing.svg': 'a svg file is not a photo',
      'a/empty.jpg': 'an empty file',
      'a/labels.csv': 'a table; name it with --csv to have it used',
      'a/notes.txt': 'not an image',
      'a/tiny.png': 'too small: 3 x 3 pixels',
      'a/torn.jpg': expect.stringContaining('a broken image'),
      'a/twice.png': 'the same photo as a/same.png',
    })
  })

  test('IN1: an image of too many pixels is not opened', async () => {
    await put('a/good.png')
    const bomb = await picture().jpeg().toBuffer()
    // Height and width in the frame header: a kilobyte that claims four billion pixels.
    bomb.set([0xff, 0, 0xff, 0], bomb.indexOf(new Uint8Array([0xff, 0xc0])) + 5)
    await put('a/bomb.jpg', bomb)
    expect(reasons(await importAll())).toEqual({ 'a/bomb.jpg': 'has more than 150 million pixels' })
  })

  test('IN1: links that lead outside are not followed, links within are', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'worldflora-outside-'))
    try {
      await writeFile(join(outside, 'secret.png'), await picture().png().toBuffer())
      await put('a/good.png')
      await mkdir(join(folder, 'b'))
      await symlink(join(outside, 'secret.png'), join(folder, 'a/leak.png'))
      await symlink(outside, join(folder, 'a/way-out'))
      await symlink('nowhere.png', join(folder, 'a/dangling.png'))
      await symlink('../a', join(folder, 'b/loop'))
      await symlink('../a/good.png', join(folder, 'b/within.png'))
      const flora = await importAll()
      expect(reasons(flora)).toEqual({
        'a/leak.png': 'a link that leads outside the folder',
        'a/way-out': 'a link that leads outside the folder',
        'a/dangling.png': 'cannot be read (a link that leads nowhere?)',
        'b/loop': 'a link to a folder; links to folders are not followed',
        'b/within.png': 'the same photo as a/good.png',
      })
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  test('an empty folder, and one without a photo, say what to do', async () => {
    const wanted = {
      kind: 'rejection',
      code: 'no-photos',
      action: expect.stringContaining('one folder per species'),
    }
    expect(await attempt()).toMatchObject(wanted)
    await put('a/notes.txt', 'hello')
    expect(await attempt()).toMatchObject({
      ...wanted,
      message: expect.stringContaining('a/notes.txt: not an image'),
    })
    expect(await attempt({ folder: join(folder, 'absent') })).toMatchObject({ code: 'no-folder' })
    expect(await attempt({ name: 'Bad Name' })).toMatchObject({ kind: 'rejection' })
    expect(await attempt({ storedSize: 5 })).toMatchObject({
      message: expect.stringContaining('stored size'),
    })
    await put('train/a/broken.jpg', 'torn')
    await put('test/a/1.png')
    await rm(join(folder, 'a'), { recursive: true })
    expect(await attempt()).toMatchObject({ code: 'nothing-to-train-on' })
  })
})

describe('stored photos', () => {
  test('PR1: are upright, and without EXIF, GPS or a colour profile', async () => {
    await mkdir(join(folder, 'a'))
    const left = await sharp({ create: { width: 100, height: 200, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    await sharp({ create: { width: 200, height: 200, channels: 3, background: 'blue' } })
      .composite([{ input: left, left: 0, top: 0 }])
      .withExif({
        IFD0: { Copyright: 'SECRET NAME' },
        IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' },
      })
      .withMetadata({ orientation: 6 })
      .withIccProfile('p3')
      .jpeg()
      .toFile(join(folder, 'a/phone.jpg'))
    const before = await sharp(join(folder, 'a/phone.jpg')).metadata()
    expect([before.orientation, before.exif !== undefined, before.icc !== undefined]).toEqual([6, true, true])

    const flora = await importAll()
    const [photo] = flora.photosOf('train')
    const after = await sharp(photo!.jpeg).metadata()
    expect([after.orientation, after.exif, after.icc, after.xmp, after.iptc]).toEqual(
      Array(5).fill(undefined),
    )
    expect(flora.shardBytes().some((bytes) => Buffer.from(bytes).includes('SECRET NAME'))).toBe(false)
    // Orientation 6 is turned a quarter to the right: what was left is on top.
    const { data, info } = await sharp(photo!.jpeg).raw().toBuffer({ resolveWithObject: true })
    const pixel = (y: number) => [...data.subarray((y * info.width + 16) * 3, (y * info.width + 16) * 3 + 3)]
    expect(pixel(4)[0]).toBeGreaterThan(200)
    expect(pixel(28)[2]).toBeGreaterThan(200)
  })

  test('have three channels and the stored size, small ones are not enlarged', async () => {
    await put('a/1-wide.png', await picture({ width: 400, height: 100 }).png().toBuffer())
    await put('a/2-small.png', await picture({ width: 20, height: 30 }).png().toBuffer())
    await put('a/3-grey.png', await picture({ width: 64, height: 64 }).greyscale().png().toBuffer())
    const clear = { r: 0, g: 0, b: 0, alpha: 0 }
    await put(
      'a/4-clear.png',
      await sharp({ create: { width: 32, height: 32, channels: 4, background: clear } })
        .png()
        .toBuffer(),
    )
    await put(
      'a/5-cmyk.jpg',
      await picture({ width: 64, height: 96 }).toColourspace('cmyk').jpeg().toBuffer(),
    )
    await put(
      'a/6-deep.png',
      await picture({ width: 64, height: 64 }).toColourspace('rgb16').png().toBuffer(),
    )
    const flora = await importAll()
    const sizes = new Set<string>()
    for (const photo of (['train', 'val', 'test'] as const).flatMap(flora.photosOf)) {
      const { format, channels, width, height, space } = await sharp(photo.jpeg).metadata()
      expect([format, channels, space]).toEqual(['jpeg', 3, 'srgb'])
      sizes.add(`${width}x${height}`)
    }
    expect(sizes).toEqual(new Set(['128x32', '20x30', '32x32', '32x48']))
  })

  test('SD3: the same folder gives the same hash, whatever the order and dates of its files, and wherever it lies', async () => {
    for (const path of ['b/2.png', 'a/1.png', 'c/x/9.png', 'b/1.png', 'a/7.png', 'c/3.png']) await put(path)
    const first = await importAll()
    expect((await importAll()).hash).toBe(first.hash)
    const copy = await mkdtemp(join(tmpdir(), 'worldflora-copy-'))
    try {
      for (const species of (await readdir(folder)).reverse()) {
        await cp(join(folder, species), join(copy, species), { recursive: true })
      }
      await utimes(join(copy, 'a/1.png'), 1, 1)
      expect((await importAll({ folder: copy })).hash).toBe(first.hash)
    } finally {
      await rm(copy, { recursive: true })
    }
    await put('a/8.png')
    expect((await importAll()).hash).not.toBe(first.hash)
  })

  test('progress is told, and the temporary file is gone afterwards', async () => {
    for (let n = 0; n < 5; n++) await put(`a/${n}.png`)
    const temporary = join(folder, '.temporary')
    await mkdir(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const seen: string[] = []
    await importAll({ onProgress: ({ done, total }) => seen.push(`${done}/${total}`) })
    expect(seen).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5'])
    const failing = importImageFolder({
      folder,
      name: 'mine',
      writeShard: () => Promise.reject(new Error('disk full')),
    })
    await expect(failing).rejects.toThrow('disk full')
    expect(await readdir(temporary)).toEqual([])
  })
})

describe('a folder with a table', () => {
  const table = (rows: string[]) => put('labels.csv', rows.join('\n'))
  const withTable = () => importAll({ csv: join(folder, 'labels.csv') })

  test('takes names, organs, licences and authors from it, and lists the photos that it does not name', async () => {
    for (const path of ['x/1.png', 'x/2.png', 'x/3.png']) await put(path)
    await table([
      '\ufeffimage,Species,scientificName,genus,family,commonName,observation,organ,split,license,author,notes',
      'x/1.png,bellis,Bellis perennis L.,Bellis,Asteraceae,daisy,plant 1,flower,train,CC BY 4.0,"Zoë, of Kew",ignored',
      'x\\2.png,bellis,,,,,plant 1,leaf,,,,',
    ])
    const flora = await withTable()
    expect(flora.manifest.species).toEqual([
      {
        id: 'bellis',
        scientificName: 'Bellis perennis L.',
        genus: 'Bellis',
        family: 'Asteraceae',
        commonName: 'daisy',
      },
    ])
    const photos = flora.photosOf('train').map(({ jpeg: _, ...label }) => label)
    expect(photos).toHaveLength(2)
    expect(photos).toContainEqual({
      species: 0,
      observation: 'plant 1',
      organ: 'flower',
      license: 'CC BY 4.0',
      author: 'Zoë, of Kew',
    })
    expect(reasons(flora)).toEqual({
      'x/3.png': 'the table does not name it',
      'labels.csv': 'the table does not name it',
    })
    expect(flora.manifest.licences).toEqual({ 'CC BY 4.0': 1, unknown: 1 })
  })

  test('PL1: of coordinates only squares remain: of train photos, one a plant, wide where a species is threatened', async () => {
    const photos = ['x/1', 'x/2', 'x/3', 'x/4', 'y/5', 'y/6', 'z/7']
    for (const path of photos) await put(`${path}.png`)
    const rows = (shift: number, head = 'latitude,longitude') => [
      `image,species,iucnCategory,observation,split,${head}`,
      `x/1.png,orchid,CR,p1,train,${46.123456 + shift},${7.654321 + shift}`,
      `x/2.png,orchid,CR,p1,train,${46.123457 + shift},${7.654321 + shift}`,
      `x/3.png,orchid,CR,p2,test,12.5,12.5`,
      `x/4.png,orchid,CR,p3,train,north,7`,
      `y/5.png,daisy,LC,p4,train,${46.123456 + shift},${7.654321 + shift}`,
      'y/6.png,daisy,LC,p5,train,,',
      'z/7.png,fern,,p6,train,91,7',
    ]
    await table(rows(0))
    const flora = await withTable()
    const { hash } = flora.manifest.places!
    const places = flora.shardBytes().find((bytes) => hashOf(bytes) === hash)!
    expect(decodePlaces(places, 3)).toEqual([
      { degrees: 1, squares: [{ row: 136, column: 187, sightings: 1 }] },
      { degrees: 1, squares: [] },
      { degrees: 5, squares: [{ row: 27, column: 37, sightings: 1 }] },
    ])
    expect(flora.manifest.species.map(({ id }) => id)).toEqual(['daisy', 'fern', 'orchid'])
    expect(flora.warnings).toContainEqual(
      expect.stringContaining('2 photos have a latitude and longitude that are none'),
    )
    expect(flora.warnings).toContainEqual(expect.stringContaining('1 species have no iucnCategory'))
    for (const bytes of flora.shardBytes()) {
      expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/46[.,]123|7[.,]654/)
    }
    await table(rows(0.2, 'decimalLatitude,decimalLongitude'))
    expect((await withTable()).hash).toBe(flora.hash)
    await table(rows(0).map((row) => row.split(',').slice(0, 5).join(',')))
    expect((await withTable()).manifest).not.toHaveProperty('places')
  })

  test('takes the checklists of a species from all of its photos, in one order', async () => {
    for (const path of ['x/1.png', 'x/2.png', 'y/3.png']) await put(path)
    await table([
      'image,species,floras',
      'x/1.png,bellis,garden|alps',
      'x/2.png,bellis,alps|coast',
      'y/3.png,acer,',
    ])
    expect((await withTable()).manifest.species).toEqual([
      { id: 'acer', scientificName: 'Acer' },
      { id: 'bellis', scientificName: 'Bellis', checklists: ['alps', 'coast', 'garden'] },
    ])
  })

  test('takes what other programs call a species: authorship, ids, category, synonyms, names by language', async () => {
    for (const path of ['x/1.png', 'x/2.png', 'x/3.png']) await put(path)
    await table([
      'image;species;scientificNameAuthorship;gbif_species_id;powoId;iucnCategory;synonyms;commonName.EN;commonName.pt-BR;commonName.',
      'x/1.png;bellis;L.;3117424;184306-2;LC;Bellis minor Garsault | Aster bellis E.H.L.Krause|;daisy|lawn daisy;;x',
      'x/2.png;bellis;Linnaeus;;;;;;bonina;',
      'x/3.png;acer;;;;;;;;',
    ])
    expect((await withTable()).manifest.species).toEqual([
      { id: 'acer', scientificName: 'Acer' },
      {
        id: 'bellis',
        scientificName: 'Bellis',
        authorship: 'L.',
        gbifId: '3117424',
        powoId: '184306-2',
        iucnCategory: 'LC',
        synonyms: ['Bellis minor Garsault', 'Aster bellis E.H.L.Krause'],
        commonNames: { en: ['daisy', 'lawn daisy'], 'pt-br': ['bonina'] },
      },
    ])
  })

  test('TR1: says which photos’ labels are known to be right: the shard and the flora’s train labels do too', async () => {
    for (let n = 1; n <= 5; n++) await put(`x/${n}.png`)
    await table([
      'image,species,split,Trusted',
      'x/1.png,bellis,train,yes',
      'x/2.png,bellis,train,no',
      'x/3.png,aloe,train,',
      'x/4.png,aloe,train,TRUE',
      'x/5.png,aloe,train,perhaps',
    ])
    const flora = await withTable()
    expect(reasons(flora)['x/5.png']).toBe('its trusted "perhaps" is not yes or no (line 6 of the table)')
    const marks = flora.photosOf('train').map(({ species, trusted }) => ({ species, trusted }))
    expect(marks.map(({ species, trusted }) => `${species} ${trusted}`).sort()).toEqual([
      '0 true',
      '0 undefined',
      '1 true',
      '1 undefined',
    ])
    const { ref } = encodeTrainLabels(marks, 2)
    expect(ref.trusted).toBe(2)
    expect(flora.manifest.trainLabels).toEqual(ref)
  })

  test('rows that cannot be used are listed with their line', async () => {
    for (const path of ['1.png', '2.png', '3.png']) await put(path)
    await table([
      'image;species;split',
      '1.png;a;train',
      '1.png;a;train',
      'absent.png;a;train',
      '../../secret.png;a;train',
      '2.png;;train',
      '3.png;a;somewhere',
      ';a;train',
    ])
    const flora = await withTable()
    expect(flora.skipped.filter(({ path }) => path !== 'labels.csv')).toEqual([
      { path: '', reason: 'names no image (line 8 of the table)' },
      { path: '../../secret.png', reason: 'leads outside the folder (line 5 of the table)' },
      { path: '1.png', reason: 'named a second time (line 3 of the table)' },
      { path: '2.png', reason: 'names no species (line 6 of the table)' },
      { path: '3.png', reason: 'its split "somewhere" is not train, val or test (line 7 of the table)' },
      { path: 'absent.png', reason: 'there is no such file (line 4 of the table)' },
    ])
  })

  test('photos of one observation never sit on two sides, and stand side by side where they are held back', async () => {
    const rows = ['image,species,observation']
    for (let n = 0; n < 60; n++) {
      await put(`${n}.png`)
      rows.push(`${n}.png,${n % 2 === 0 ? 'a' : 'b'},plant ${n % 20}`)
    }
    await table(rows)
    const flora = await withTable()
    const sides = new Map<string, Set<Split>>()
    for (const split of ['train', 'val', 'test'] as const) {
      for (const { observation } of flora.photosOf(split)) {
        sides.set(observation, (sides.get(observation) ?? new Set()).add(split))
      }
    }
    expect(sides.size).toBe(20)
    expect([...sides.values()].every((splits) => splits.size === 1)).toBe(true)
    for (const split of ['val', 'test'] as const) {
      const order = flora.photosOf(split).map((photo) => photo.observation)
      const runs = order.filter((observation, n) => observation !== order[n - 1])
      expect(runs).toHaveLength(new Set(order).size)
      expect(flora.manifest.shards[split].flatMap((shard) => shard.observations)).toEqual(runs.map(() => 3))
    }
  })

  test('an observation that the table puts on two sides, or under two species, is settled and told', async () => {
    for (const path of ['1.png', '2.png', '3.png', '4.png']) await put(path)
    await table([
      'image,species,observation,split',
      '1.png,a,p,test',
      '2.png,a,p,train',
      '3.png,a,7,train',
      '4.png,b,7,train',
    ])
    const flora = await withTable()
    expect(flora.photosOf('test')).toEqual([])
    expect(new Set(flora.photosOf('train').map((photo) => photo.observation))).toEqual(
      new Set(['p', '7 (a)', '7 (b)']),
    )
    expect(flora.warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('several species'),
        expect.stringContaining('several splits'),
      ]),
    )
  })

  test.each([
    [['LC', 'CR'], 'CR', 5],
    [['CR', '', 'LC'], 'CR', 5],
    [['LC', 'nobody knows'], 'nobody knows', 5],
    [['VU', 'Critically endangered', 'NT'], 'Critically endangere', 5],
    [['NE', 'lc', 'NT'], 'NT', 1],
  ])('PL1: of categories that do not agree, the most threatened counts: %j', async (said, kept, degrees) => {
    const rows = said.map((category, n) => `x/${n}.png,orchid,${category},p${n},train,46,7`)
    for (const n of said.keys()) await put(`x/${n}.png`)
    await table(['image,species,iucnCategory,observation,split,latitude,longitude', ...rows])
    const flora = await withTable()
    expect(flora.manifest.species[0]!.iucnCategory).toBe(kept)
    const { hash } = flora.manifest.places!
    const places = flora.shardBytes().find((bytes) => hashOf(bytes) === hash)!
    expect((decodePlaces(places, 1) as { degrees: number }[])[0]!.degrees).toBe(degrees)
  })

  test('a licence that forbids passing on at its end is still one when it is cut', async () => {
    for (const name of ['1', '2']) await put(`${name}.png`)
    const [forbids, allows] = ['Todos los derechos reservados', 'CC0'].map(
      (end) => `${'x'.repeat(250)} ${end}`,
    )
    await table(['image,species,license', `1.png,a,${forbids}`, `2.png,a,${allows}`])
    const licences = Object.keys((await withTable()).manifest.licences!)
    expect(licences.map((licence) => licence.length)).toEqual([200, 200])
    expect(licences.filter(forbidsPassingOn)).toHaveLength(1)
    for (const words of [
      'Tutti i diritti riservati',
      'Tous droits réservés',
      'Alle Rechte vorbehalten',
      'Todos os direitos reservados',
      'Wszelkie prawa zastrzeżone',
      '© A. Person',
      '(c) A. Person',
    ])
      expect(forbidsPassingOn(words), words).toBe(true)
  })

  test('licences that forbid passing photos on are counted', async () => {
    for (const path of ['1.png', '2.png', '3.png']) await put(path)
    const rows = ['1.png,a,All rights reserved', '2.png,a,All rights reserved', '3.png,a,CC0']
    await table(['image,species,license', ...rows])
    expect((await withTable()).warnings).toEqual([
      '2 photos with the licence "All rights reserved", which forbids passing them on: train with volunteers only if you may.',
    ])
  })

  test('a table that cannot be used says what to correct', async () => {
    await put('1.png')
    const csv = join(folder, 'labels.csv')
    expect(await attempt({ csv })).toMatchObject({ code: 'unreadable-csv' })
    await table(['picture,species', '1.png,a'])
    expect(await attempt({ csv })).toMatchObject({ message: expect.stringContaining('no column image') })
    await table(['image,species'])
    expect(await attempt({ csv })).toMatchObject({ message: expect.stringContaining('no rows') })
    await table(['image,species', '"1.png,a'])
    expect(await attempt({ csv })).toMatchObject({ code: 'invalid-csv' })
  })
})

describe('real photos', () => {
  const leaves = fileURLToPath(new URL('../../../../shared/data/leaves', import.meta.url))
  const present = existsSync(leaves)

  test.skipIf(!present)(
    `leaves: 1,600 photos of 40 species${present ? '' : ' (skipped: no shared/data beside the repository)'}`,
    async () => {
      const flora = await importAll({
        folder: leaves,
        csv: join(leaves, 'observations.csv'),
        storedSize: 256,
      })
      expect(flora.manifest.species).toHaveLength(40)
      expect([
        flora.photosOf('train').length,
        flora.photosOf('val').length,
        flora.photosOf('test').length,
      ]).toEqual([1275, 0, 325])
      expect(flora.manifest.species[0]).toMatchObject({
        scientificName: 'Aloe vera',
        family: 'Asphodelaceae',
      })
      expect(flora.skipped.every(({ path }) => /\.(md|csv)$/.test(path))).toBe(true)
    },
  )
})
