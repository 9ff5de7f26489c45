/** What is given, as a table and photos, through the import that they are made for. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importImageFolder } from '@worldflora/dataset/image-folder'
import { readShard } from '@worldflora/dataset/shard'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Species } from '@worldflora/protocol/species'
import sharp from 'sharp'
import { expect, it, onTestFinished } from 'vitest'
import { type GivenPhoto, submissionTable } from '../src/submission-table.ts'

const daisy: Species = {
  id: 'bellis',
  scientificName: 'Bellis perennis',
  genus: 'Bellis',
  family: 'Asteraceae',
  commonName: 'daisy',
  authorship: 'L.',
  gbifId: '3117424',
  powoId: '184409-1',
  iucnCategory: 'LC',
  synonyms: ['Aster bellis E.H.L.Krause', 'Bellis minor'],
  commonNames: { en: ['common daisy', 'lawn daisy'], fr: ['pâquerette'], 'pt-br': ['bonina'] },
  checklists: ['garden', 'meadow'],
}
const maple: Species = { id: 'acer', scientificName: 'Acer campestre', commonNames: { de: ['Feldahorn'] } }

it('FB6: an import of what was exported has all that was known of the species, and authors as they wrote themselves', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'worldflora-given-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'photos'))
  const authors = ['@zoe', 'x;=1+1;y', 'O\'Neill, "Ann"']
  const given: GivenPhoto[] = []
  for (const [i, author] of authors.entries()) {
    const image = `photos/${i}.jpg`
    const background = { r: 80 * i, g: 120, b: 40 }
    const photo = sharp({ create: { width: 64, height: 48, channels: 3, background } })
    await writeFile(join(folder, image), await photo.jpeg().toBuffer())
    const species = i === 0 ? maple : daisy
    given.push({ image, organ: 'leaf', submission: { id: String(i), licence: 'CC BY 4.0', author, species } })
  }
  const csv = join(folder, 'labels.csv')
  await writeFile(csv, submissionTable(given, true))

  const shards: Uint8Array[] = []
  const imported = await importImageFolder({
    folder: join(folder, 'photos'),
    csv,
    name: 'given',
    storedSize: 32,
    writeShard: async (_, bytes) => {
      shards.push(bytes)
    },
  })
  if (isRejection(imported)) throw new Error(imported.message)
  expect(imported.manifest.species).toEqual([maple, daisy])
  const labels = shards.map(readShard).flatMap((photos) => (isRejection(photos) ? [] : photos))
  expect(labels.map(({ author }) => author).sort()).toEqual([...authors].sort())
  expect(labels.every(({ trusted, license }) => trusted === true && license === 'CC BY 4.0')).toBe(true)
})
