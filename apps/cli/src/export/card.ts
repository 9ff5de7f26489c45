/** What goes with exported weights: where they come from, what they can do and how they are used; for programs, and in words. */

import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { Architecture, RunConfig } from '@worldflora/protocol/run-config'
import type { Species } from '@worldflora/protocol/species'
import type { ExportSource } from './source.ts'

export type ExportFormat = 'tfjs' | 'safetensors'
export type ExportedFile = { name: string; bytes: number; sha256: string }

export type ModelCard = {
  formatVersion: 1
  kind: 'worldflora-model'
  /** SHA-256 of the weights in canonical form: the checkpoint's name. */
  checkpoint: string
  architecture: Architecture
  parameters: number
  input: { size: number; channels: 'RGB'; range: [-1, 1]; layout: 'NHWC' }
  /** Probabilities of the species in this order (tfjs), or logits (the head's tensors). */
  species: Species[]
  run: { id: string; name: string; step: number; steps: number; config: RunConfig }
  origin: { forkedFrom: object | null; initialWeights: object | null }
  flora: { name: string; hash: string; species: number; photos: { train: number; val: number; test: number } }
  evaluations: Evaluation[]
  licence: {
    /** As the operator says; null: nothing is said. */
    weights: string | null
    /** Photos of each licence that the flora was imported with; null: the importer was not told. */
    photos: Record<string, number> | null
  }
  format: ExportFormat
  files: ExportedFile[]
}

export function cardOf(
  { detail, step, checkpoint, flora, evaluations }: ExportSource,
  given: { format: ExportFormat; files: ExportedFile[]; parameters: number; licence: string | null },
): ModelCard {
  const { config, status } = detail
  const photos = (split: { samples: number }[]) => split.reduce((sum, { samples }) => sum + samples, 0)
  const { train, val, test } = flora.shards
  return {
    formatVersion: 1,
    kind: 'worldflora-model',
    checkpoint,
    architecture: config.architecture,
    parameters: given.parameters,
    input: { size: config.architecture.imageSize, channels: 'RGB', range: [-1, 1], layout: 'NHWC' },
    species: flora.species,
    run: { id: status.id, name: status.name, step, steps: status.steps, config },
    origin: { forkedFrom: detail.origin, initialWeights: detail.initialWeights },
    flora: {
      ...detail.flora,
      species: flora.species.length,
      photos: { train: photos(train), val: photos(val), test: photos(test) },
    },
    evaluations,
    licence: { weights: given.licence, photos: flora.licences ?? null },
    format: given.format,
    files: given.files,
  }
}

export function cardInWords(card: ModelCard): string {
  const { run, flora, architecture, parameters, input, checkpoint, licence } = card
  const { name, imageSize, ...others } = architecture
  const kind = [name, ...Object.entries(others).map(([field, value]) => `${field} ${value}`)].join(', ')
  return `# ${run.name}: a plant recogniser of ${flora.species} species

Trained with Worldflora, by volunteers’ machines, on the flora \`${flora.name}\` (${flora.photos.train} photos to train with).

| | |
|---|---|
| architecture | ${kind}; ${parameters.toLocaleString('en')} values |
| run | \`${run.name}\` (${run.id}), checkpoint of step ${run.step} of ${run.steps} |
| checkpoint | \`${checkpoint}\` (SHA-256 of the weights in canonical form) |
| flora | \`${flora.name}\`, ${flora.species} species, ${flora.photos.train} train, ${flora.photos.val} val and ${flora.photos.test} test photos, hash \`${flora.hash}\` |
${originRows(card)}
## What it can do

${measures(card.evaluations)}

## How it is used

Photos are RGB, ${input.size} by ${input.size} pixels (the centre square), each value c from 0 to 255 as c / 127.5 - 1, batches as
[photos, height, width, 3]. The species are in the order of \`card.json\`.

${USE[card.format]}

Another run begins with these weights by \`"initialWeights": "THIS FOLDER"\` in its RUN.json; rows of the head whose species ids it
knows are kept.

## Licences

Weights: ${licence.weights ?? 'nothing was said; ask who runs the site that they come from'}.

${photoLicences(licence.photos)}

\`card.json\` says all this to programs, with the run’s whole configuration, the species and the files’ hashes.
`
}

const USE: Record<ExportFormat, string> = {
  tfjs: `\`\`\`js
import * as tf from '@tensorflow/tfjs'

const model = await tf.loadLayersModel('file or address of model.json')
const probabilities = model.predict(images) // [photos, species]
\`\`\`

The layer \`features\` is what goes into the head: \`tf.model({ inputs: model.inputs, outputs: model.getLayer('features').output })\`.`,
  safetensors: `\`\`\`python
from safetensors.numpy import load_file

tensors = load_file("model.safetensors")
\`\`\`

Filters are [height, width, inputs, outputs], depthwise ones [height, width, channels, 1], the head [features, species]: for PyTorch,
transpose to [outputs, inputs, height, width]. The metadata entry \`worldflora.species\` lists the ids of the head’s species.`,
}

function originRows({ origin }: ModelCard): string {
  const { forkedFrom, initialWeights } = origin as {
    forkedFrom: { name: string; step: number } | null
    initialWeights: { hash: string; from: { name: string; step: number } | null } | null
  }
  const rows = []
  if (forkedFrom !== null) rows.push(`| forked from | \`${forkedFrom.name}\`, step ${forkedFrom.step} |`)
  if (initialWeights !== null) {
    const { from, hash } = initialWeights
    const source = from === null ? 'weights that were brought' : `\`${from.name}\`, step ${from.step}`
    rows.push(`| began with | ${source} (\`${hash}\`) |`)
  }
  return rows.map((row) => `${row}\n`).join('')
}

function measures(evaluations: readonly Evaluation[]): string {
  if (evaluations.length === 0) return 'This checkpoint was not measured.'
  const of = (share: number) => share.toFixed(3)
  const rows = evaluations.map(
    ({ split, photos, top1, top5, macroTop1, observations }) =>
      `| ${split} | ${photos} | ${of(top1)} | ${of(top5)} | ${of(macroTop1)} | ${of(observations.top1)} | ${of(observations.top5)} |`,
  )
  return [
    '| split | photos | top-1 | top-5 | mean over species | top-1 by observation | top-5 by observation |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function photoLicences(photos: Record<string, number> | null): string {
  const of = Object.entries(photos ?? {})
  if (of.length === 0) return 'Photos: the importer was not told their licences.'
  const rows = of
    .sort((a, b) => b[1] - a[1])
    .map(([licence, count]) => `| ${licence || 'none given'} | ${count} |`)
  return [
    'Photos that it learned from and was measured on, by licence:',
    '',
    '| licence | photos |',
    '|---|---|',
    ...rows,
  ].join('\n')
}
