/** `worldflora export-submissions`: what was given and accepted, as photos with the table of labels that `import` takes. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Submission } from '@worldflora/protocol/submissions'
import { withCoordinator } from '../coordinator-process.ts'
import { expectEmpty } from '../new-folder.ts'
import type { OperatorClient } from '../operator-client.ts'
import { accept } from '../report.ts'
import { type GivenPhoto, submissionTable } from '../submission-table.ts'

type Accepted = Submission & GivenPhoto['submission']
type Options = { trusted: boolean; json: boolean; data: string }

const PHOTOS = 'photos'
const TABLE = 'labels.csv'

export async function exportSubmissions(folder: string, { trusted, json, data }: Options): Promise<void> {
  await expectEmpty(folder)
  await withCoordinator(data, async ({ client }) => {
    await mkdir(join(folder, PHOTOS), { recursive: true })
    const given: GivenPhoto[] = []
    let plants = 0
    for await (const submission of accepted(client)) {
      const written = await writePhotos(client, submission, folder)
      given.push(...written)
      plants += written.length > 0 ? 1 : 0
    }
    await writeFile(join(folder, TABLE), submissionTable(given, trusted))
    const photos = given.length
    if (json) return console.log(JSON.stringify({ folder, photos, plants }))
    console.log(`${photos} photos of ${plants} plants are in ${folder}. To make them a flora:`)
    console.log(
      `  npx worldflora import ${join(folder, PHOTOS)} --format image-folder --csv ${join(folder, TABLE)} --into NAME`,
    )
  })
}

async function* accepted(client: OperatorClient): AsyncIterable<Accepted> {
  let after = 0
  for (;;) {
    const { submissions, isMore } = accept(await client.submissions('accepted', after))
    for (const { species, ...submission } of submissions)
      if (species !== null) yield { ...submission, species }
    after = submissions.at(-1)?.number ?? after
    if (!isMore) return
  }
}

/** One that is lost or damaged is said, and left out. */
async function writePhotos(
  client: OperatorClient,
  submission: Accepted,
  folder: string,
): Promise<GivenPhoto[]> {
  const { id, number, photos } = submission
  const written: GivenPhoto[] = []
  for (const [i, { organ }] of photos.entries()) {
    const jpeg = await client.submittedPhoto(id, i)
    const image = `${PHOTOS}/${number}-${i + 1}.jpg`
    if (isRejection(jpeg)) console.error(`left out ${image}: ${jpeg.message}`)
    else {
      await writeFile(join(folder, image), jpeg)
      written.push({ image, organ, submission })
    }
  }
  return written
}
