/** `worldflora export-submissions`: what was given and accepted, as photos with the table of labels that `import` takes. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { csvRow } from '@worldflora/protocol/csv-row'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Submission } from '@worldflora/protocol/submissions'
import { withCoordinator } from '../coordinator-process.ts'
import { expectEmpty } from '../new-folder.ts'
import type { OperatorClient } from '../operator-client.ts'
import { accept } from '../report.ts'

type Options = { trusted: boolean; json: boolean; data: string }

const PHOTOS = 'photos'
const TABLE = 'labels.csv'
const HEAD = [
  'image',
  'species',
  'scientificName',
  'authorship',
  'genus',
  'family',
  'commonName',
  'gbifId',
  'powoId',
  'iucnCategory',
  'observation',
  'organ',
  'license',
  'author',
  'trusted',
]

export async function exportSubmissions(folder: string, { trusted, json, data }: Options): Promise<void> {
  await expectEmpty(folder)
  await withCoordinator(data, async ({ client }) => {
    await mkdir(join(folder, PHOTOS), { recursive: true })
    const rows = [csvRow(HEAD)]
    let photos = 0
    let plants = 0
    for await (const submission of accepted(client)) {
      const written = await writePhotos(client, submission, folder)
      for (const { image, organ } of written) rows.push(rowOf(submission, { image, organ, trusted }))
      photos += written.length
      plants += written.length > 0 ? 1 : 0
    }
    await writeFile(join(folder, TABLE), rows.join(''))
    if (json) return console.log(JSON.stringify({ folder, photos, plants }))
    console.log(`${photos} photos of ${plants} plants are in ${folder}. To make them a flora:`)
    console.log(
      `  npx worldflora import ${join(folder, PHOTOS)} --format image-folder --csv ${join(folder, TABLE)} --into NAME`,
    )
  })
}

async function* accepted(client: OperatorClient): AsyncIterable<Submission> {
  let after = 0
  for (;;) {
    const { submissions, isMore } = accept(await client.submissions('accepted', after))
    yield* submissions
    after = submissions.at(-1)?.number ?? after
    if (!isMore) return
  }
}

type Written = { image: string; organ: string | null }

/** One that is lost or damaged is said, and left out. */
async function writePhotos(client: OperatorClient, { id, number, photos }: Submission, folder: string) {
  const written: Written[] = []
  for (const [i, { organ }] of photos.entries()) {
    const jpeg = await client.submittedPhoto(id, i)
    const image = `${PHOTOS}/${number}-${i + 1}.jpg`
    if (isRejection(jpeg)) console.error(`left out ${image}: ${jpeg.message}`)
    else {
      await writeFile(join(folder, image), jpeg)
      written.push({ image, organ })
    }
  }
  return written
}

function rowOf({ id, species, licence, author }: Submission, photo: Written & { trusted: boolean }): string {
  const {
    id: key,
    scientificName,
    authorship,
    genus,
    family,
    commonName,
    gbifId,
    powoId,
    iucnCategory,
  } = species!
  return csvRow([
    photo.image,
    key,
    scientificName,
    authorship,
    genus,
    family,
    commonName,
    gbifId,
    powoId,
    iucnCategory,
    // Photos of one plant never stand on both sides of a split.
    `given-${id}`,
    photo.organ ?? '',
    licence,
    author,
    photo.trusted ? 'yes' : '',
  ])
}
