/** What a run is made of, in words: what holds for all of it. Its phases are in phase-cards.ts. Only what is set is said. */
import { trainedSpecs } from '@worldflora/model/parameters'
import type { Architecture, Noise, RunConfig, Sampling } from '@worldflora/protocol/run-config'
import type { RunDetail } from '@worldflora/protocol/runs'
import { count, counted, figure } from '../words/amounts.ts'

export type Words = { name: string; words: string }

export function recipeWords(detail: RunDetail): Words[] {
  const { config, flora, samplesPerEpoch } = detail
  const { sampling, labelSmoothing, logitAdjustment, noise, evaluation, publishBest } = config
  const crops = evaluation?.crops ?? 1
  return [
    { name: 'Network', words: networkWords(config.architecture, flora.species) },
    {
      name: 'Learns',
      words: `${counted(flora.species, 'species', 'species')} of ${flora.name}, ${counted(samplesPerEpoch, 'photo')} an epoch`,
    },
    { name: 'Begins with', words: beginningWords(detail) },
    ...given('Sampling', samplingWords(sampling)),
    ...given('Label smoothing', labelSmoothing > 0 && figure(labelSmoothing)),
    ...given(
      'Logit adjustment',
      logitAdjustment !== undefined &&
        `${figure(logitAdjustment)} × the logarithm of a species’ part of the photos, in training alone`,
    ),
    ...noiseWords(noise),
    { name: 'Measured on', words: crops === 1 ? 'the middle of each photo' : `${crops} crops of each photo` },
    { name: 'Machines', words: machineWords(config) },
    ...given('Published', publishBest && 'by itself, each time it is better than before'),
  ]
}

export function noiseWords(noise: Noise | undefined): Words[] {
  if (noise === undefined) return []
  const words = `generalised cross-entropy with q ${figure(noise.q)}, for photos that are not trusted`
  return [{ name: 'Doubtful labels', words }]
}

function given(name: string, words: string | false | null): Words[] {
  return words === false || words === null ? [] : [{ name, words }]
}

const NETWORKS: Record<Architecture['name'], string> = {
  'small-cnn': 'small network',
  'mobilenet-v1': 'MobileNetV1',
  'mobilenet-v2': 'MobileNetV2',
  'resnet-50': 'ResNet-50',
}

function networkWords(architecture: Architecture, species: number): string {
  const { name, width, imageSize, norm } = architecture
  const trainable = (train: 'all' | 'head') =>
    trainedSpecs(architecture, species, train)
      .filter(({ role }) => role === 'trainable')
      .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0)
  const folded = norm === 'none' ? ', its norms folded' : ''
  const size = `${NETWORKS[name]} of width ${figure(width)}${folded}, for ${imageSize} × ${imageSize} pixels`
  return `${size}: ${counted(trainable('all'), 'parameter')}, ${count(trainable('head'))} of them in the head`
}

/** WT1, LC2: only what was noted when it was opened. */
function beginningWords({ origin, initialWeights, flora, config }: RunDetail): string {
  const begun = initialWeights && sourceWords(initialWeights, flora)
  if (origin === null) return begun ?? `random weights, of seed ${config.seed}`
  const of = `step ${count(origin.step)} of ${origin.name}`
  return begun === null ? of : `${of}, which began with ${begun}`
}

function sourceWords(
  { hash, from, headRows }: NonNullable<RunDetail['initialWeights']>,
  { species }: RunDetail['flora'],
): string {
  const short = hash.slice(0, 12)
  const source =
    from === null
      ? `weights that were brought (${short})`
      : `step ${count(from.step)} of ${from.name} (${short})`
  return `${source}; ${headWords(headRows, species)}`
}

function headWords(kept: number, species: number): string {
  if (kept === 0) return 'its head started fresh'
  if (kept === species) return 'the head knew every species'
  return `the head knew ${count(kept)} of ${counted(species, 'species', 'species')}, the others started fresh`
}

function samplingWords(sampling: Sampling | undefined): string | null {
  if (sampling === undefined) return null
  const { noisyWeight } = sampling
  const doubtful =
    noisyWeight === undefined ? '' : `; a photo that is not trusted counts ${figure(noisyWeight)}`
  return `${often(sampling)}${doubtful}`
}

function often(sampling: Sampling): string {
  switch (sampling.name) {
    case 'uniform':
      return 'every photo once an epoch'
    case 'repeat-factor':
      return `species with less than ${figure(100 * sampling.threshold)}\u00a0% of the photos come more often`
    case 'square-root':
      return 'a species comes in proportion to the square root of its photos'
    case 'class-balanced':
      return 'every species comes equally often'
  }
}

const WIRES: Record<RunConfig['wire'], string> = {
  int8: '8 bits',
  int16: '16 bits',
  float32: 'single precision',
}

function machineWords({ backend, wire }: RunConfig): string {
  const who = backend === 'any' ? 'any, GPUs too' : 'those that give the same bits (WASM)'
  return `${who}; gradients travel in ${WIRES[wire]}`
}
