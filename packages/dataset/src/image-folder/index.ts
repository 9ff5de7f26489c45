/**
 * Imports a person's own photos: a folder per species, or `train`, `val` and `test` folders with those below, or any folder
 * with a CSV. Broken and foreign files are listed with the reason and never fatal. Memory stays bounded: converted photos
 * wait in one temporary file. The same folder gives the same flora, by hash (SD3): nothing depends on the disk's order.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Slug } from '@worldflora/protocol/ids'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { writeFlora } from '../flora-writer.ts'
import type { ImportedFlora, ImportProgress, Skipped } from '../imported-flora.ts'
import { inOrder } from '../in-order.ts'
import { licenceWarnings } from '../licences.ts'
import { StoredSize } from '../manifest.ts'
import { PhotoSpool, type SpoolPlace } from '../photo-spool.ts'
import type { WriteShard } from '../shard-writer.ts'
import { type Candidate, type Candidates, candidatesByPath, candidatesByTable } from './candidates.ts'
import { comparePaths, walkFolder } from './folder-walk.ts'
import { readLabelTable } from './label-table.ts'
import { labelPhotos, type UsablePhoto } from './labelling.ts'
import { type Converted, convertPhoto } from './photo-conversion.ts'

export type { ImportedFlora, ImportProgress, Skipped, WriteShard }

export type ImageFolderImport = {
  folder: string
  csv?: string | undefined
  /** The flora's name. */
  name: string
  /** Pixels of a stored photo's shorter side; smaller photos are not enlarged. */
  storedSize?: number | undefined
  /** Of the split and of the shuffling. */
  seed?: number | undefined
  onProgress?: ((progress: ImportProgress) => void) | undefined
  writeShard: WriteShard
}

const MAX_FILE_BYTES = 256 << 20

export async function importImageFolder(request: ImageFolderImport): Promise<ImportedFlora | Rejection> {
  const name = parseOrReject(Slug, request.name, "the flora's name")
  if (isRejection(name)) return name
  const storedSize = parseOrReject(StoredSize, request.storedSize ?? 256, 'the stored size')
  if (isRejection(storedSize)) return storedSize
  const skipped: Skipped[] = []
  const found = await findCandidates(request, skipped)
  if (isRejection(found)) return found
  const seed = request.seed ?? 0
  const spool = await PhotoSpool.open()
  try {
    const usable = await convertAll(found.candidates, {
      storedSize,
      spool,
      skipped,
      onProgress: request.onProgress,
    })
    if (usable.length === 0) return noPhoto(request, skipped)
    const { species, photos, places, warnings } = labelPhotos(usable, seed)
    const trained = new Set(
      photos.filter((photo) => photo.split === 'train').map((photo) => photo.label.species),
    )
    if (trained.size === 0) return nothingToTrainOn(request)
    const jpegOf = (photo: { place: SpoolPlace }) => spool.read(photo.place)
    const { writeShard } = request
    const flora = { name, storedSize, species, photos, places, seed, jpegOf, writeShard }
    const manifest = await writeFlora(flora)
    if (trained.size < species.length) {
      warnings.push(
        `${species.length - trained.size} species have no photo to train on, only held-back ones.`,
      )
    }
    warnings.push(...licenceWarnings(manifest.licences ?? {}))
    return { manifest, skipped: skipped.sort((a, b) => comparePaths(a.path, b.path)), warnings }
  } finally {
    await spool.close()
  }
}

async function findCandidates(
  request: ImageFolderImport,
  skipped: Skipped[],
): Promise<Candidates | Rejection> {
  const facts = await stat(request.folder).catch(() => null)
  if (!facts?.isDirectory()) {
    const what = facts ? 'is not a folder' : 'does not exist'
    return reject(
      'no-folder',
      `${request.folder} ${what}.`,
      'Give the folder that holds a folder of photos per species.',
    )
  }
  const contents = await walkFolder(request.folder)
  skipped.push(...contents.skipped)
  if (request.csv === undefined) {
    const found = candidatesByPath(contents.files)
    skipped.push(...found.skipped)
    return found
  }
  const rows = await readLabelTable(request.csv)
  if (isRejection(rows)) return rows
  const found = candidatesByTable(contents.files, request.folder, { csv: request.csv, rows })
  skipped.push(...found.skipped)
  return found
}

type Conversion = {
  storedSize: number
  spool: PhotoSpool
  skipped: Skipped[]
  onProgress: ImageFolderImport['onProgress']
}

/** Converts every candidate once; adds to `skipped` what is no photo, and what is the same file again. */
async function convertAll(
  candidates: Candidate[],
  to: Conversion,
): Promise<(UsablePhoto & { place: SpoolPlace })[]> {
  const usable: (UsablePhoto & { place: SpoolPlace })[] = []
  const firstPath = new Map<string, string>()
  const ordered = [...candidates].sort((a, b) => comparePaths(a.file.path, b.file.path))
  let done = 0
  const results = inOrder(ordered, 2 * availableParallelism(), async (candidate) => ({
    candidate,
    ...(await convertFile(candidate, to.storedSize)),
  }))
  for await (const { candidate, contentHash, converted } of results) {
    to.onProgress?.({ done: ++done, total: ordered.length })
    const { path } = candidate.file
    const first = firstPath.get(contentHash)
    if (converted.kind === 'unusable') to.skipped.push({ path, reason: converted.reason })
    else if (first !== undefined) to.skipped.push({ path, reason: `the same photo as ${first}` })
    else {
      firstPath.set(contentHash, path)
      usable.push({ candidate, contentHash, place: await to.spool.append(converted.jpeg) })
    }
  }
  return usable
}

async function convertFile(
  { file }: Candidate,
  storedSize: number,
): Promise<{ contentHash: string; converted: Converted }> {
  const unusable = (reason: string) => ({ contentHash: '', converted: { kind: 'unusable', reason } as const })
  if (file.bytes === 0) return unusable('an empty file')
  if (file.bytes > MAX_FILE_BYTES) return unusable(`larger than ${MAX_FILE_BYTES >> 20} MB`)
  let bytes: Uint8Array
  try {
    bytes = await readFile(file.place)
  } catch (error) {
    return unusable(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  }
  const contentHash = createHash('sha256').update(bytes).digest('hex')
  return { contentHash, converted: await convertPhoto(bytes, storedSize) }
}

function noPhoto({ folder }: ImageFolderImport, skipped: Skipped[]): Rejection {
  const examples = skipped.slice(0, 3).map(({ path, reason }) => `${path}: ${reason}`)
  const why =
    examples.length === 0 ? 'It is empty.' : `${skipped.length} skipped, such as ${examples.join('; ')}.`
  return reject(
    'no-photos',
    `There is no usable photo in ${folder}. ${why}`,
    'Put the photos into one folder per species (FOLDER/aloe-vera/1.jpg), or describe them in a table and name it with --csv.',
  )
}

function nothingToTrainOn({ folder }: ImageFolderImport): Rejection {
  return reject(
    'nothing-to-train-on',
    `All usable photos of ${folder} are held back for val or test.`,
    'Give some photos the split train, or leave the splits out to have 80/10/10.',
  )
}
