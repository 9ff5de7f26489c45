/**
 * RUN.json as a person writes it: what the coordinator takes, but that `initialWeights` may be a folder, named from where the
 * file lies. It is read and brought, and its hash stands in its place.
 */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
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
  weights: { folder: string } | { named: InitialWeights } | null
}

export async function readRunFile(file: string): Promise<RunFile> {
  const value = await readJsonFile(file, 'Name a RUN.json; the README shows one.')
  const wanted = (value as { initialWeights?: unknown } | null)?.initialWeights
  if (typeof wanted !== 'string') {
    return { config: accept(parseOrReject(RunConfig, value, file)), weights: null }
  }
  const { initialWeights: _, ...others } = value as Record<string, unknown>
  const config = accept(parseOrReject(RunConfig, others, file))
  const folder = resolve(dirname(file), wanted)
  if ((await stat(folder).catch(() => null))?.isDirectory()) return { config, weights: { folder } }
  if (v.is(InitialWeights, wanted)) return { config, weights: { named: wanted } }
  throw new Refused(
    reject(
      'no-weights',
      `initialWeights of ${file}: there is no folder ${folder}.`,
      'Name a folder with a tfjs layers model or safetensors in it, or a published model or a run.',
    ),
  )
}

/** As the coordinator takes it. Says on stderr what was brought. */
export async function bringRun(client: OperatorClient, { config, weights }: RunFile): Promise<RunConfig> {
  if (weights === null) return config
  if ('named' in weights) return { ...config, initialWeights: weights.named }
  const { hash, words } = await bringWeights(client, weights.folder, config.architecture)
  for (const line of words) console.error(line)
  return { ...config, initialWeights: hash }
}
