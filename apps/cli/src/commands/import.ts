/** `worldflora import`: a person's own photos become a flora. */
import { stat } from 'node:fs/promises'
import { importImageFolder } from '@worldflora/dataset/image-folder'
import { Slug } from '@worldflora/protocol/ids'
import { parseOrReject, reject } from '@worldflora/protocol/rejection'
import { withCoordinator } from '../coordinator-process.ts'
import { openProgress } from '../progress.ts'
import { accept, Refused } from '../report.ts'

type Options = { into: string; csv?: string; storedSize: number; json: boolean; data: string }

/** More skipped files than this are counted, not listed, on a terminal. */
const LISTED = 50

export async function importFlora(folder: string, options: Options): Promise<void> {
  const name = accept(parseOrReject(Slug, options.into, 'the name of the flora'))
  await expectFolder(folder)
  await withCoordinator(options.data, async ({ client }) => {
    const progress = openProgress()
    const imported = accept(
      await importImageFolder({
        folder,
        ...(options.csv === undefined ? {} : { csv: options.csv }),
        name,
        storedSize: options.storedSize,
        writeShard: async (hash, bytes) => void accept(await client.putBlob(hash, bytes)),
        onProgress: ({ done, total }) => progress.show(`Importing: ${done} of ${total} files`),
      }),
    )
    const flora = accept(await client.putFlora(imported.manifest))
    progress.end(`Imported ${name}`)
    for (const { path, reason } of imported.skipped.slice(0, LISTED))
      console.error(`skipped ${path}: ${reason}`)
    if (imported.skipped.length > LISTED)
      console.error(`... and ${imported.skipped.length - LISTED} more; --json lists all`)
    for (const warning of imported.warnings) console.error(`warning: ${warning}`)
    if (options.json)
      console.log(JSON.stringify({ ...flora, skipped: imported.skipped, warnings: imported.warnings }))
    else {
      const { train, val, test } = flora.photos
      console.log(
        `${name}: ${flora.species} species, ${train + val + test} photos (${train} train, ${val} val, ${test} test), ` +
          `${imported.skipped.length} files skipped, hash ${flora.hash}`,
      )
    }
  })
}

async function expectFolder(folder: string): Promise<void> {
  const entry = await stat(folder).catch(() => null)
  if (entry?.isDirectory()) return
  throw new Refused(
    reject(
      'no-folder',
      `There is no folder ${folder}.`,
      'Name the folder that holds a folder of photos per species.',
    ),
  )
}
