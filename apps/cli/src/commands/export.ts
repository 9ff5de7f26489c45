/** `worldflora export`: weights for other programs and other sites, with a card. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reject } from '@worldflora/protocol/rejection'
import { withCoordinator } from '../coordinator-process.ts'
import { cardInWords, cardOf, type ExportFormat } from '../export/card.ts'
import { writeWeights } from '../export/export-files.ts'
import { findSource } from '../export/source.ts'
import { Refused } from '../report.ts'

type Options = {
  format: ExportFormat
  into: string
  step?: number
  licence?: string
  json: boolean
  data: string
}

export async function exportModel(
  name: string,
  { format, into, step, licence, json, data }: Options,
): Promise<void> {
  await expectEmpty(into)
  await withCoordinator(data, async ({ client }) => {
    const source = await findSource(client, name, step)
    await mkdir(into, { recursive: true })
    const { files, parameters } = await writeWeights(source, format, into)
    const card = cardOf(source, { format, files, parameters, licence: licence ?? null })
    await writeFile(join(into, 'card.json'), `${JSON.stringify(card, null, 2)}\n`)
    await writeFile(join(into, 'README.md'), cardInWords(card))
    if (json) return console.log(JSON.stringify(card))
    const what = source.isPublished ? 'The published model, step' : 'Step'
    console.log(
      `${what} ${source.step} of ${card.run.name} is in ${into}: ${files.length} files with ${parameters} values, checkpoint ${card.checkpoint}`,
    )
  })
}

/** Nothing is written over, and nothing of another model is left beside. */
async function expectEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new Refused(reject('no-folder', `${folder} is no folder: ${error.message}.`, 'Name another one.'))
  })
  if (names.length === 0) return
  throw new Refused(
    reject('folder-not-empty', `There is something in ${folder} already.`, 'Name a new folder, or empty it.'),
  )
}
