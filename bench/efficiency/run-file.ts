/** The run that is measured: a RUN.json with what was changed of it, under a name of its own. */
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BackendName } from '@worldflora/protocol/messages'
import { RunConfig } from '@worldflora/protocol/run-config'
import { FlagError, validIn } from '../runner/flags.ts'

/** From where the bench is called. */
export const OWN_RUN = relative(process.cwd(), fileURLToPath(new URL('RUN.json', import.meta.url)))

export async function readRun(
  file: string,
  change: Record<string, unknown>,
  backend: BackendName,
): Promise<RunConfig> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FlagError(`--run: there is no file ${file}. What is to be changed of a run goes to --change.`)
  })
  const name = `efficiency-${Date.now().toString(36)}`
  const config = validIn(RunConfig, { ...JSON.parse(text), ...change, name }, `${file} with --change`)
  if (backend === 'webgpu' && config.backend !== 'any')
    throw new FlagError(`A deterministic run has no use for a GPU: it needs "backend": "any".`)
  if (config.phases !== undefined || config.optimizer?.name !== 'sgd')
    throw new FlagError('The bare loop has SGD with momentum, and no phases: the run must not have others.')
  return config
}
