/** How a phase trains, in words: its length, batch, rate and photos. */
import type { PhaseOfRun } from '@worldflora/protocol/phases'
import type { Augmentation, OptimizerConfig, PhaseConfig } from '@worldflora/protocol/run-config'
import { count, counted, figure, percent } from '../words/amounts.ts'
import type { Words } from './recipe-words.ts'

export function trainingWords({
  train,
  views,
  config,
  stepsPerEpoch,
  firstStep,
  endStep,
}: PhaseOfRun): Words[] {
  const { optimizer } = config
  const steps = endStep - firstStep
  const { epochs } = config
  const length =
    epochs === undefined
      ? `about ${epochWords(Number((steps / stepsPerEpoch).toFixed(1)))}`
      : epochWords(epochs)
  return [
    { name: 'Length', words: `${length}, ${counted(steps, 'step')}` },
    { name: 'Batch', words: batchWords(config) },
    { name: 'Rate', words: rateWords(optimizer, config.samplesPerTask * config.tasksPerStep) },
    { name: 'Optimizer', words: optimizerWords(optimizer) },
    ...(train === 'head' ? headPhotos(views, config.augmentation) : wholePhotos(config.augmentation)),
    { name: 'Measured', words: `${everyWords(config.evaluateEveryEpochs)}, and at its end` },
  ]
}

function batchWords({ samplesPerTask, tasksPerStep, samplesPerChunk }: PhaseConfig): string {
  const tasks = `${counted(tasksPerStep, 'task')} of ${count(samplesPerTask)}`
  const chunks =
    samplesPerChunk === undefined || samplesPerChunk === samplesPerTask
      ? ''
      : `, in chunks of ${count(samplesPerChunk)}`
  return `${counted(samplesPerTask * tasksPerStep, 'photo')} a step: ${tasks}${chunks}`
}

function rateWords(optimizer: OptimizerConfig, batch: number): string {
  const { learningRate, referenceBatch, warmupEpochs } = optimizer
  const peak = referenceBatch === undefined ? learningRate : learningRate * (batch / referenceBatch)
  const scaled =
    referenceBatch === undefined ? '' : ` (${figure(learningRate)} for ${counted(referenceBatch, 'photo')})`
  const warmup = warmupEpochs > 0 ? `, after a warm-up of ${epochWords(warmupEpochs)}` : ''
  return `${figure(peak)}${scaled}, ${scheduleWords(optimizer, peak)}${warmup}`
}

function scheduleWords(
  { schedule, stepEpochs, stepFactor, power = 1, endFactor = 0 }: OptimizerConfig,
  peak: number,
): string {
  const down = `down to ${figure(peak * endFactor)}`
  switch (schedule) {
    case 'constant':
      return 'constant'
    case 'cosine':
      return `${down} along a cosine`
    case 'polynomial':
      return power === 1 ? `${down} in a straight line` : `${down} with the power ${power}`
    case 'step':
      return stepEpochs.length === 0
        ? 'constant'
        : `times ${figure(stepFactor)} after ${stepEpochs.length === 1 ? 'epoch' : 'epochs'} ${list(stepEpochs.map(figure))}`
  }
}

const OPTIMIZERS: Record<OptimizerConfig['name'], string> = { sgd: 'SGD', lars: 'LARS', adamw: 'AdamW' }

function optimizerWords(optimizer: OptimizerConfig): string {
  const { name, weightDecay, clipNorm, ema } = optimizer
  return [
    OPTIMIZERS[name],
    ...ownWords(optimizer),
    ...(weightDecay > 0 ? [`weight decay ${figure(weightDecay)}`] : []),
    ...(clipNorm === undefined ? [] : [`gradients no longer than ${figure(clipNorm)}`]),
    ...(ema === undefined ? [] : [`measured on an average of the weights (${figure(ema)})`]),
  ].join(', ')
}

function ownWords(optimizer: OptimizerConfig): string[] {
  switch (optimizer.name) {
    case 'sgd':
      return optimizer.momentum === 0
        ? []
        : [`${optimizer.nesterov ? 'Nesterov ' : ''}momentum ${figure(optimizer.momentum)}`]
    case 'lars':
      return [`momentum ${figure(optimizer.momentum)}`, `trust ${figure(optimizer.trustCoefficient)}`]
    case 'adamw':
      return [`betas ${figure(optimizer.beta1)} and ${figure(optimizer.beta2)}`]
  }
}

/** PH2, AU1: what the head sees is extracted once; of mixing, features are blended and nothing is cut. */
function headPhotos(views: number, augmentation: Augmentation): Words[] {
  const { mixup, mixedShare } = augmentation
  const augmented = views === 1 ? '' : `, ${count(views - 1)} with ${list(changes(augmentation))}`
  const blended = mixup === undefined ? [] : [`mixup\u00a0${figure(mixup)}${ofShare(mixedShare)}`]
  return [
    { name: 'Views', words: `${count(views)} of each photo: the middle${augmented}` },
    ...blended.map((words) => ({ name: 'Features', words })),
  ]
}

function wholePhotos(augmentation: Augmentation): Words[] {
  const { mixup, cutmix, mixedShare } = augmentation
  const mixed = [
    ...(mixup === undefined ? [] : [`mixup\u00a0${figure(mixup)}`]),
    ...(cutmix === undefined ? [] : [`cutmix\u00a0${figure(cutmix)}`]),
  ]
  const mixing = mixed.length === 0 ? [] : [`${mixed.join(' or ')}${ofShare(mixedShare)}`]
  const all = [...changes(augmentation), ...mixing]
  return [{ name: 'Augmentation', words: all.length === 0 ? 'none' : list(all) }]
}

function changes({ crop, flip, color }: Augmentation): string[] {
  return [
    ...(crop ? ['random crops'] : []),
    ...(flip ? ['mirroring'] : []),
    ...(color > 0 ? [`colours by up to ${percent(color)}`] : []),
  ]
}

function ofShare(share: number | undefined): string {
  return share === undefined || share === 1 ? '' : ` for ${percent(share)} of the photos`
}

function everyWords(epochs: number): string {
  return epochs === 1 ? 'each epoch' : `every ${epochWords(epochs)}`
}

function epochWords(epochs: number): string {
  return `${figure(epochs)}\u00a0${epochs === 1 ? 'epoch' : 'epochs'}`
}

function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
