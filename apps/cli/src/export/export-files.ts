/** A checkpoint as files of a format, piece by piece: no file is held whole. */
import { createHash, type Hash as Digest } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  SPECIES_KEY,
  tensorShapes,
  tensorsOf,
  type WrittenFile,
  writeSafetensors,
  writeTfjsLayers,
} from '@worldflora/model/weights'
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { reject } from '@worldflora/protocol/rejection'
import { accept, Refused } from '../report.ts'
import type { ExportedFile, ExportFormat } from './card.ts'
import type { ExportSource } from './source.ts'

export type Written = { files: ExportedFile[]; parameters: number }

export async function writeWeights(
  source: ExportSource,
  format: ExportFormat,
  folder: string,
): Promise<Written> {
  const { detail, flora, checkpoint } = source
  const { architecture } = detail.config
  const classes = flora.species.length
  const shapes = tensorShapes(architecture, classes)
  const digest = createHash('sha256')
  async function* tensors() {
    for await (const tensor of tensorsOf(shapes, digested(source.weights, digest))) yield accept(tensor)
  }
  const metadata = metadataOf(source)
  const files =
    format === 'tfjs'
      ? writeTfjsLayers({ architecture, classes }, shapes, tensors(), metadata)
      : one({ name: 'model.safetensors', bytes: writeSafetensors(shapes, tensors(), metadata) })
  const written: ExportedFile[] = []
  for await (const file of files) written.push(await writeFile(folder, file))
  if (digest.digest('hex') !== checkpoint) throw new Refused(damaged(checkpoint))
  return { files: written, parameters: shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0) }
}

/** Programs that read one file alone still know what it is. */
function metadataOf({ detail, flora, checkpoint, step }: ExportSource): Record<string, string> {
  return {
    [SPECIES_KEY]: JSON.stringify(flora.species.map(({ id }) => id)),
    'worldflora.architecture': JSON.stringify(detail.config.architecture),
    'worldflora.checkpoint': checkpoint,
    'worldflora.flora': `${detail.flora.name} ${detail.flora.hash}`,
    'worldflora.run': `${detail.status.name}, step ${step}`,
  }
}

async function writeFile(folder: string, { name, bytes }: WrittenFile): Promise<ExportedFile> {
  const digest = createHash('sha256')
  let length = 0
  const file = await open(join(folder, name), 'wx')
  try {
    for await (const piece of bytes) {
      digest.update(piece)
      length += piece.byteLength
      await file.writeFile(piece)
    }
  } finally {
    await file.close()
  }
  return { name, bytes: length, sha256: digest.digest('hex') }
}

async function* digested(bytes: AsyncIterable<Uint8Array>, digest: Digest): AsyncIterable<Uint8Array> {
  for await (const piece of bytes) {
    digest.update(piece)
    yield piece
  }
}

async function* one(file: WrittenFile): AsyncIterable<WrittenFile> {
  yield file
}

function damaged(checkpoint: string) {
  return reject(
    'damaged-download',
    `The weights that came are not those that ${checkpoint} names.`,
    'Delete the folder and export again; if it stays so, restart the coordinator, which mends its blobs.',
  )
}
