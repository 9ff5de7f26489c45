/**
 * tfjs layers models: a `model.json` (format `layers-model`) with the topology and the weights' names, shapes and dtypes, and
 * binary files that together are the values in that order. Read: float32, and float32 quantised to uint8, uint16 or float16.
 * Not: strings, whose size nobody says; graph models, whose weights have no layers.
 */
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { type ByteSource, joined, type SourceFolder } from './byte-source.ts'
import {
  isShape,
  MOST_TENSORS,
  malformed,
  type StoredTensor,
  type StoredWeights,
  storedTensor,
} from './stored-weights.ts'
import { BYTES_OF, type Decoding } from './value-decoding.ts'

export const MODEL_JSON = 'model.json'
const MOST_MODEL_JSON_BYTES = 64 << 20

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(500))
const fileName = v.pipe(text, v.regex(/^[^/\\]+$/, 'has to be a file beside model.json'), v.notValue('..'))
const Weight = v.object({
  name: text,
  shape: v.custom<number[]>(isShape, 'is no shape'),
  dtype: v.picklist(['float32', 'int32', 'bool', 'complex64', 'string']),
  quantization: v.optional(
    v.union([
      v.object({
        dtype: v.picklist(['uint8', 'uint16']),
        scale: v.pipe(v.number(), v.finite()),
        min: v.pipe(v.number(), v.finite()),
      }),
      v.object({ dtype: v.literal('float16') }),
    ]),
  ),
})
type Weight = v.InferOutput<typeof Weight>

const ModelJson = v.object({
  format: v.optional(v.string()),
  weightsManifest: v.pipe(
    v.array(
      v.object({ paths: v.array(fileName), weights: v.pipe(v.array(Weight), v.maxLength(MOST_TENSORS)) }),
    ),
    v.maxLength(1000),
  ),
  userDefinedMetadata: v.optional(v.record(v.string(), v.unknown())),
})

export async function readTfjsLayers(folder: SourceFolder): Promise<StoredWeights | Rejection> {
  const model = await readModelJson(folder)
  if (isRejection(model)) return model
  const tensors = new Map<string, StoredTensor>()
  for (const { paths, weights } of model.weightsManifest) {
    const files: ByteSource[] = []
    for (const path of paths) {
      const file = await folder.open(path)
      if (file === null) return malformed(MODEL_JSON, `it names ${path}, which is not there`)
      files.push(file)
    }
    const fault = addGroup(tensors, joined(files), weights)
    if (fault !== null) return malformed(MODEL_JSON, fault)
  }
  return { tensors, metadata: wordsOf(model.userDefinedMetadata ?? {}) }
}

async function readModelJson(folder: SourceFolder): Promise<v.InferOutput<typeof ModelJson> | Rejection> {
  const source = await folder.open(MODEL_JSON)
  if (source === null) return malformed(MODEL_JSON, 'it is not there')
  if (source.bytes > MOST_MODEL_JSON_BYTES) return malformed(MODEL_JSON, 'it is too large')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.bytes)))
  } catch {
    return malformed(MODEL_JSON, 'it is not JSON')
  }
  if ((value as { format?: unknown } | null)?.format === 'graph-model') {
    return reject(
      'graph-model',
      'This is a tfjs graph model: its weights are named by operations, not by layers.',
      'Convert the original to a layers model (tensorflowjs_converter --output_format tfjs_layers_model) or to safetensors.',
    )
  }
  const parsed = v.safeParse(ModelJson, value)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  return malformed(MODEL_JSON, `${v.getDotPath(issue) ?? 'it'} ${issue.message}`)
}

function addGroup(
  tensors: Map<string, StoredTensor>,
  source: ByteSource,
  weights: readonly Weight[],
): string | null {
  let start = 0
  for (const weight of weights) {
    const { name, shape } = weight
    if (tensors.has(name)) return `${name} is there twice`
    const stored = decodingOf(weight)
    if (stored === null) return `${name} is of strings, whose size is not said`
    const end = start + sizeOf(shape) * stored.bytes
    if (end > source.bytes) return `the files end before ${name} does`
    tensors.set(name, storedTensor(source, { name, shape, start, end }, stored.decoding))
    start = end
  }
  return start === source.bytes ? null : `its weights take ${start} bytes, and the files have ${source.bytes}`
}

function decodingOf({ dtype, quantization }: Weight): {
  bytes: number
  decoding: Decoding | { unsupported: string }
} | null {
  if (dtype === 'string') return null
  if (quantization !== undefined) {
    const { dtype: kind, ...scaling } = quantization
    const decoding = { kind, ...scaling } as Decoding
    const unsupported = { unsupported: `${kind} for ${dtype}` }
    return { bytes: BYTES_OF[kind], decoding: dtype === 'float32' ? decoding : unsupported }
  }
  if (dtype === 'float32') return { bytes: BYTES_OF.float32, decoding: { kind: 'float32' } }
  return { bytes: { int32: 4, bool: 1, complex64: 8 }[dtype], decoding: { unsupported: dtype } }
}

function wordsOf(metadata: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
