/** `worldflora export`: weights for other programs and other sites, with a card. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withCoordinator } from '../coordinator-process.ts'
import { cardInWords, cardOf, type ExportFormat } from '../export/card.ts'
import { writeWeights } from '../export/export-files.ts'
import { findSource } from '../export/source.ts'
import { expectEmpty } from '../new-folder.ts'

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
