/**
 * What the layers of our networks are called elsewhere. The tables are those of the networks' own files (`mobilenet-v2.ts`,
 * `resnet-50.ts`): a test imports each network under each naming.
 */
import type { Architecture } from '@worldflora/protocol/run-config'
import { type Dialect, KERAS, OWN, TORCH } from './dialect.ts'
import { IMAGENET_SCALING, type InputScaling } from './input-scaling.ts'

export type Naming = {
  /** In words. */
  of: string
  dialect: Dialect
  /** The name of a layer, of a norm or of the head; null where there is none. */
  called(name: string): string | null
  /** What its norms add to a variance; null: as ours do. */
  epsilon: number | null
  /** How it wants its colours; null: as ours are. */
  input: InputScaling | null
  /** Names under which a classifier of other things than our species may lie beside. */
  foreignHeads: readonly string[]
  /** Said to who imports it. */
  remark: string | null
}

/** Our names in safetensors; and in tfjs models, whose layers have no / in their names. */
const own: Naming = {
  of: 'Worldflora',
  dialect: OWN,
  called: (name) => name,
  epsilon: null,
  input: null,
  foreignHeads: [],
  remark: null,
}
export const OWN_LAYERS: Naming = { ...own, of: 'Worldflora (tfjs)', dialect: KERAS, called: layerName }

export function layerName(name: string): string {
  return name.replaceAll('/', '_')
}

const keras = { of: 'Keras', dialect: KERAS, epsilon: 1e-3, input: null, remark: null }

const kerasMobileNetV1: Naming = {
  ...keras,
  foreignHeads: ['conv_preds', 'preds'],
  called: called([
    [/^stem$/, () => 'conv1'],
    [/^stem\/norm$/, () => 'conv1_bn'],
    [/^block(\d+)\/depthwise$/, (n) => `conv_dw_${n}`],
    [/^block(\d+)\/depthwise-norm$/, (n) => `conv_dw_${n}_bn`],
    [/^block(\d+)\/pointwise$/, (n) => `conv_pw_${n}`],
    [/^block(\d+)\/pointwise-norm$/, (n) => `conv_pw_${n}_bn`],
  ]),
}

/** The first block has no number, and the others count from 1. */
const inverted = (first: string, other: string) => (n: string, part: string) =>
  n === '1' ? `${first}_${part}` : `${other}_${Number(n) - 1}_${part}`

const kerasMobileNetV2: Naming = {
  ...keras,
  foreignHeads: ['predictions', 'Logits'],
  called: called([
    [/^stem$/, () => 'Conv1'],
    [/^stem\/norm$/, () => 'bn_Conv1'],
    [/^block(\d+)\/(expand|depthwise|project)$/, inverted('expanded_conv', 'block')],
    [
      /^block(\d+)\/(expand|depthwise|project)-norm$/,
      (n, part) => `${inverted('expanded_conv', 'block')(n, part)}_BN`,
    ],
    [/^last$/, () => 'Conv_1'],
    [/^last\/norm$/, () => 'Conv_1_bn'],
  ]),
}

/** As TF-Slim and TF-Hub call the layers; norms are folded there. */
const slimMobileNetV2: Naming = {
  ...keras,
  of: 'TF-Slim',
  foreignHeads: ['Logits', 'predictions'],
  called: called([
    [/^stem$/, () => 'Conv'],
    [/^block(\d+)\/(expand|depthwise|project)$/, inverted('expanded_conv', 'expanded_conv')],
    [/^last$/, () => 'Conv_1'],
  ]),
}

const torchvision = { of: 'torchvision', dialect: TORCH, epsilon: 1e-5, input: IMAGENET_SCALING }

/** A block is conv-norm-relu6 twice, then a bare convolution and a norm; the first block lacks the first of them. */
const torchPlace = (n: string, part: string, isNorm: boolean) => {
  const place = { expand: 0, depthwise: n === '1' ? 0 : 1, project: n === '1' ? 1 : 2 }[part]!
  const within = part === 'project' ? `${place + (isNorm ? 1 : 0)}` : `${place}.${isNorm ? 1 : 0}`
  return `features.${n}.conv.${within}`
}

const torchMobileNetV2: Naming = {
  ...torchvision,
  foreignHeads: ['classifier.1'],
  remark:
    'torchvision pads a zero on each side where this network pads as TensorFlow does: they compute the same where every ' +
    'map that is halved has an odd size (imageSize 97, 129, 161, 193, 225), else maps are shifted by a pixel.',
  called: called([
    [/^stem$/, () => 'features.0.0'],
    [/^stem\/norm$/, () => 'features.0.1'],
    [/^block(\d+)\/(expand|depthwise|project)$/, (n, part) => torchPlace(n, part, false)],
    [/^block(\d+)\/(expand|depthwise|project)-norm$/, (n, part) => torchPlace(n, part, true)],
    [/^last$/, () => 'features.18.0'],
    [/^last\/norm$/, () => 'features.18.1'],
  ]),
}

const torchResNet50: Naming = {
  ...torchvision,
  foreignHeads: ['fc'],
  remark: null,
  called: called([
    [/^stem$/, () => 'conv1'],
    [/^stem\/norm$/, () => 'bn1'],
    [/^stage(\d)\/block(\d)\/conv(\d)$/, (s, b, n) => `layer${s}.${Number(b) - 1}.conv${n}`],
    [/^stage(\d)\/block(\d)\/conv(\d)-norm$/, (s, b, n) => `layer${s}.${Number(b) - 1}.bn${n}`],
    [/^stage(\d)\/block1\/shortcut$/, (s) => `layer${s}.0.downsample.0`],
    [/^stage(\d)\/block1\/shortcut-norm$/, (s) => `layer${s}.0.downsample.1`],
  ]),
}

const FOREIGN: Record<Architecture['name'], readonly Naming[]> = {
  'small-cnn': [],
  'mobilenet-v1': [kerasMobileNetV1],
  'mobilenet-v2': [kerasMobileNetV2, slimMobileNetV2, torchMobileNetV2],
  'resnet-50': [torchResNet50],
}

export function namingsOf({ name }: Architecture): readonly Naming[] {
  return [own, OWN_LAYERS, ...FOREIGN[name]]
}

type Rule = readonly [RegExp, (...groups: string[]) => string]

function called(rules: readonly Rule[]): Naming['called'] {
  return (name) => {
    for (const [pattern, nameOf] of rules) {
      const match = name.match(pattern)
      if (match !== null) return nameOf(...match.slice(1))
    }
    return null
  }
}
