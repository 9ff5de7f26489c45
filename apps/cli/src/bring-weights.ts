/** Weights in a folder, or in a file, become blobs of the coordinator, part by part, under the hash of their manifest: what `initialWeights` names. */
import { stat } from 'node:fs/promises'
import {
  cutIntoParts,
  importWeights,
  type NamedTensor,
  readWeightsFolder,
  speciesOf,
} from '@worldflora/model/weights'
import { canonicalJson, hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type { Architecture } from '@worldflora/protocol/run-config'
import { WEIGHTS_PART_BYTES, type WeightsManifest } from '@worldflora/protocol/weights-manifest'
import { openBeside, openFolder } from './folder-source.ts'
import type { OperatorClient } from './operator-client.ts'
import { accept } from './report.ts'

export type BroughtWeights = { hash: Hash; words: string[] }

export async function bringWeights(
  client: OperatorClient,
  path: string,
  architecture: Architecture,
): Promise<BroughtWeights> {
  const folder = (await stat(path)).isFile() ? openBeside(path) : openFolder(path)
  try {
    const stored = accept(await readWeightsFolder(folder, path))
    const imported = accept(importWeights(stored, architecture, accept(speciesOf(stored))))
    const put = async (bytes: Uint8Array): Promise<Hash> => {
      const hash = hashOf(bytes)
      accept(await client.putBlob(hash, bytes))
      return hash
    }
    async function* tensors(): AsyncIterable<NamedTensor> {
      for (const { name, shape, read } of imported.tensors)
        yield { name, shape, values: accept(await read()) }
    }
    const manifest: WeightsManifest = {
      formatVersion: 1,
      kind: 'weights',
      species: imported.species,
      tensors: imported.tensors.map(({ name, shape }) => ({ name, shape: [...shape] })),
      parts: await cutIntoParts(tensors(), WEIGHTS_PART_BYTES, put),
    }
    const hash = await put(new TextEncoder().encode(canonicalJson(manifest)))
    const names = `Weights from ${path}: ${imported.tensors.length} tensors, by the names of ${imported.naming}.`
    return { hash, words: [names, ...imported.remarks] }
  } finally {
    await folder.close()
  }
}
