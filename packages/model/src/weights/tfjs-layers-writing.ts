/** Writes a tfjs layers model: `model.json`, and the values in files of 4 MiB as the converter makes them. Loads in `tf.loadLayersModel`. */
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { bytesOf, type NamedTensor, type TensorShape } from './named-tensor.ts'
import { OWN_LAYERS } from './naming.ts'
import { placesOf } from './places.ts'
import { MODEL_JSON } from './tfjs-layers.ts'
import { tfjsTopology } from './tfjs-topology.ts'

const FILE_BYTES = 4 << 20

/** A file and its bytes, piece by piece. */
export type WrittenFile = { name: string; bytes: AsyncIterable<Uint8Array> }

/** The files one after the other: each is to be read to its end before the next. `values` follows `shapes`. */
export async function* writeTfjsLayers(
  model: { architecture: Architecture; classes: number },
  shapes: readonly TensorShape[],
  values: AsyncIterable<NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): AsyncIterable<WrittenFile> {
  const total = shapes.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
  const count = Math.max(1, Math.ceil(total / FILE_BYTES))
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`)
  const pieces = piecesOf(values)
  for (const name of paths) yield { name, bytes: nextBytes(pieces, FILE_BYTES) }
  yield { name: MODEL_JSON, bytes: modelJson(model, shapes, paths, metadata) }
}

async function* modelJson(
  { architecture, classes }: { architecture: Architecture; classes: number },
  shapes: readonly TensorShape[],
  paths: readonly string[],
  userDefinedMetadata: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  const places = placesOf(architecture, classes, OWN_LAYERS)
  const model = {
    format: 'layers-model',
    generatedBy: 'Worldflora',
    convertedBy: null,
    modelTopology: tfjsTopology(architecture, classes),
    weightsManifest: [
      {
        paths,
        weights: shapes.map(({ name, shape }) => ({ name: places.get(name)!.name, shape, dtype: 'float32' })),
      },
    ],
    userDefinedMetadata,
  }
  yield new TextEncoder().encode(JSON.stringify(model))
}

type Pieces = { next(atMost: number): Promise<Uint8Array | null> }

function piecesOf(values: AsyncIterable<NamedTensor>): Pieces {
  const tensors = values[Symbol.asyncIterator]()
  let rest = new Uint8Array(0) as Uint8Array
  return {
    async next(atMost) {
      while (rest.length === 0) {
        const { done, value } = await tensors.next()
        if (done) return null
        rest = bytesOf(value.values)
      }
      const piece = rest.subarray(0, atMost)
      rest = rest.subarray(piece.length)
      return piece
    },
  }
}

async function* nextBytes(pieces: Pieces, bytes: number): AsyncIterable<Uint8Array> {
  for (let left = bytes; left > 0; ) {
    const piece = await pieces.next(left)
    if (piece === null) return
    left -= piece.length
    yield piece
  }
}
