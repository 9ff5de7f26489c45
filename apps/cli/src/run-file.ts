/**
 * RUN.json as a person writes it: what the coordinator takes, but that `initialWeights` may be a folder, or a file with weights,
 * named from where RUN.json lies. It is read and brought, and its hash stands in its place.
 */
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { MODEL_JSON } from '@worldflora/model/weights'
import { parseOrReject, reject } from '@worldflora/protocol/rejection'
import { InitialWeights, RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { bringWeights } from './bring-weights.ts'
import { readJsonFile } from './json-file.ts'
import type { OperatorClient } from './operator-client.ts'
import { accept, Refused } from './report.ts'

export type RunFile = {
  config: RunConfig
  /** What stands for `initialWeights`, in the file's words. */
  weights: { path: string } | { named: InitialWeights } | null
}

export async function readRunFile(file: string): Promise<RunFile> {
  const value = await readJsonFile(file, 'Name a RUN.json; the README shows one.')
  const wanted = (value as { initialWeights?: unknown } | null)?.initialWeights
  if (typeof wanted !== 'string') {
    return { config: accept(parseOrReject(RunConfig, value, file)), weights: null }
  }
  const { initialWeights: _, ...others } = value as Record<string, unknown>
  const config = accept(parseOrReject(RunConfig, others, file))
  const path = resolve(dirname(file), wanted)
  const found = await stat(path).catch(() => null)
  const isWeights = found?.isDirectory() || (found?.isFile() && isWeightsFile(path))
  if (isWeights) return { config, weights: { path } }
  if (v.is(InitialWeights, wanted)) return { config, weights: { named: wanted } }
  throw new Refused(
    reject(
      'no-weights',
      found === null
        ? `initialWeights of ${file}: there is no folder ${path}, nor a file of that name.`
        : `initialWeights of ${file}: ${path} is neither a ${MODEL_JSON} nor a .safetensors file.`,
      'Name one of these, or a folder with one in it, or a published model or a run. The README says what becomes of a .pth.',
    ),
  )
}

function isWeightsFile(path: string): boolean {
  return basename(path) === MODEL_JSON || path.endsWith('.safetensors')
}

/** As the coordinator takes it. Says on stderr what was brought. */
export async function bringRun(client: OperatorClient, { config, weights }: RunFile): Promise<RunConfig> {
  if (weights === null) return config
  if ('named' in weights) return { ...config, initialWeights: weights.named }
  const { hash, words } = await bringWeights(client, weights.path, config.architecture)
  for (const line of words) console.error(line)
  return { ...config, initialWeights: hash }
}
