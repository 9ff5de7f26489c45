/** What is to be exported: a run's checkpoint, or the published model, by the name that a person gives; with what is known of it. */
import { type Manifest, parseManifest } from '@worldflora/dataset/manifest'
import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, reject } from '@worldflora/protocol/rejection'
import type { RunDetail } from '@worldflora/protocol/runs'
import type { OperatorClient, WeightsDownload } from '../operator-client.ts'
import { accept, Refused } from '../report.ts'

export type ExportSource = {
  detail: RunDetail
  /** Of the checkpoint. */
  step: number
  /** Of the weights in canonical form. */
  checkpoint: Hash
  weights: AsyncIterable<Uint8Array>
  flora: Manifest
  evaluations: Evaluation[]
  /** Whether it is the model of /identify. */
  isPublished: boolean
}

/** A run's published model, if it has one and no step is asked for; else its checkpoint of that step, or the latest. */
export async function findSource(
  client: OperatorClient,
  name: string,
  step: number | undefined,
): Promise<ExportSource> {
  const model = await client.model()
  const isModel = (one: PublishedModel) => one.id === name || (step === undefined && isRun(one.run, name))
  if (!isRejection(model) && isModel(model)) {
    const { run, weights } = model
    const bytes = accept(await client.blob(weights.blob))
    return sourceOf(client, run.id, { bytes, step: run.step, checkpoint: weights.blob }, true)
  }
  const { runs } = accept(await client.status())
  const run = runs.findLast((one) => one.name === name) ?? runs.find((one) => one.id === name)
  if (run === undefined) {
    const names = [...new Set(runs.map((one) => one.name))].join(', ') || 'none'
    throw new Refused(
      reject('no-run', `There is no run and no model called ${name}.`, `Runs here: ${names}.`),
    )
  }
  return sourceOf(client, run.id, accept(await client.weights(run.id, step)), false)
}

function isRun(run: { id: string; name: string }, name: string): boolean {
  return run.name === name || run.id === name
}

async function sourceOf(
  client: OperatorClient,
  id: RunId,
  { bytes, step, checkpoint }: WeightsDownload,
  isPublished: boolean,
): Promise<ExportSource> {
  const detail = accept(await client.run(id))
  const manifest = accept(await client.wholeBlob(detail.flora.hash))
  const { evaluations } = accept(await client.history(id))
  return {
    detail,
    step,
    checkpoint,
    weights: bytes,
    flora: accept(parseManifest(manifest)),
    evaluations: evaluations.filter((evaluation) => evaluation.step === step),
    isPublished,
  }
}
