/** A folder with weights in it: a tfjs layers model, or safetensors in one file or several. */
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import type { SourceFolder } from './byte-source.ts'
import { readSafetensors } from './safetensors.ts'
import { malformed, type StoredWeights } from './stored-weights.ts'
import { MODEL_JSON, readTfjsLayers } from './tfjs-layers.ts'

/** Under which our files say the head's species: a JSON list of their ids. */
export const SPECIES_KEY = 'worldflora.species'

const Species = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), v.minLength(1))

export async function readWeightsFolder(
  folder: SourceFolder,
  name: string,
): Promise<StoredWeights | Rejection> {
  const names = await folder.names()
  const safetensors = names.filter((file) => file.endsWith('.safetensors'))
  const isModel = names.includes(MODEL_JSON)
  if (isModel && safetensors.length > 0) {
    return reject(
      'two-weights',
      `${name} has a ${MODEL_JSON} and ${safetensors[0]}: nobody knows which is meant.`,
      'Keep one of them in the folder.',
    )
  }
  if (isModel) return readTfjsLayers(folder)
  if (safetensors.length > 0) return readAll(folder, safetensors)
  return reject(
    'no-weights',
    `${name} has neither a ${MODEL_JSON} nor a file that ends in .safetensors.`,
    'Name a folder with a tfjs layers model or safetensors in it.',
  )
}

/** Large models come in several files. */
async function readAll(folder: SourceFolder, names: readonly string[]): Promise<StoredWeights | Rejection> {
  const whole = { tensors: new Map(), metadata: {} }
  for (const name of names) {
    const file = await folder.open(name)
    if (file === null) return malformed(name, 'it is not there any more')
    const read = await readSafetensors(file, name)
    if (isRejection(read)) return read
    for (const [tensor, stored] of read.tensors) {
      if (whole.tensors.has(tensor)) return malformed(name, `${tensor} is in another file as well`)
      whole.tensors.set(tensor, stored)
    }
    Object.assign(whole.metadata, read.metadata)
  }
  return whole
}

/** null if the file does not say. */
export function speciesOf({ metadata }: StoredWeights): string[] | null | Rejection {
  const text = metadata[SPECIES_KEY]
  if (text === undefined) return null
  return parseOrReject(v.pipe(v.string(), v.parseJson(), Species), text, `${SPECIES_KEY} of the weights`)
}
