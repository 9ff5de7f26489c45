/**
 * One of our networks as a Keras model, as `tf.loadLayersModel` reads it: a picture [height, width, 3] of any size, values from -1
 * to 1, to the probabilities of the species. Padding by numbers is a layer of its own there, of zeros: for the maximum too, which
 * is the same behind a ReLU.
 */
import type { Architecture } from '@worldflora/protocol/run-config'
import type { Activation, Convolution, Layer, Padding } from '../architecture/layer.ts'
import { describeNetwork } from '../architecture/network.ts'
import { layerName } from './naming.ts'

type KerasLayer = { name: string; class_name: string; config: object; inbound_nodes: unknown[] }

/** What loading fills in anyway: nothing is drawn. */
const ZEROS = { class_name: 'Zeros', config: {} }
const INPUT = 'image'

export function tfjsTopology(architecture: Architecture, classes: number): object {
  const builder = new Builder()
  const output = describeNetwork(architecture, classes).layers.reduce(
    (from, layer) => addLayer(builder, layer, from),
    builder.add({ name: INPUT, class_name: 'InputLayer' }, [], {
      batch_input_shape: [null, null, null, 3],
      dtype: 'float32',
      sparse: false,
    }),
  )
  return {
    class_name: 'Model',
    config: {
      name: architecture.name,
      layers: builder.layers,
      input_layers: [[INPUT, 0, 0]],
      output_layers: [[output, 0, 0]],
    },
    keras_version: '2.0.0',
    backend: 'tensorflow',
  }
}

class Builder {
  readonly layers: KerasLayer[] = []

  /** Returns the layer's name. */
  add({ name, class_name }: { name: string; class_name: string }, from: string[], config: object): string {
    const inbound_nodes = from.length === 0 ? [] : [from.map((one) => [one, 0, 0, {}])]
    this.layers.push({ name, class_name, config: { name, trainable: true, ...config }, inbound_nodes })
    return name
  }
}

function addLayer(builder: Builder, layer: Layer, from: string): string {
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv':
      return addConvolution(builder, layer, from)
    case 'residual': {
      const along = (layers: readonly Convolution[]) =>
        layers.reduce((maps, one) => addConvolution(builder, one, maps), from)
      const sides = [along(layer.branch), along(layer.shortcut)]
      const name = `${layerName(layer.branch.at(-1)!.name)}_sum`
      return addActivation(builder, layer.activation, builder.add({ name, class_name: 'Add' }, sides, {}))
    }
    case 'max-pool': {
      const { size, stride } = layer
      const name = `${from}_pool`
      const { maps, padding } = padded(builder, layer.padding, from, name)
      return builder.add({ name, class_name: 'MaxPooling2D' }, [maps], {
        pool_size: [size, size],
        strides: [stride, stride],
        padding,
        data_format: 'channels_last',
      })
    }
    case 'global-average-pool':
      return builder.add({ name: 'features', class_name: 'GlobalAveragePooling2D' }, [from], {
        data_format: 'channels_last',
      })
    case 'dense':
      return builder.add({ name: layerName(layer.name), class_name: 'Dense' }, [from], {
        units: layer.outputs,
        activation: 'softmax',
        use_bias: true,
        kernel_initializer: ZEROS,
        bias_initializer: ZEROS,
      })
  }
}

function addConvolution(builder: Builder, layer: Convolution, from: string): string {
  const { kind, size, stride, outputs, norm, activation } = layer
  const name = layerName(layer.name)
  const { maps, padding } = padded(builder, layer.padding, from, name)
  const common = {
    kernel_size: [size, size],
    strides: [stride, stride],
    padding,
    data_format: 'channels_last',
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: norm === null,
    bias_initializer: ZEROS,
  }
  const own =
    kind === 'conv'
      ? { filters: outputs, kernel_initializer: ZEROS }
      : { depth_multiplier: 1, depthwise_initializer: ZEROS }
  const class_name = kind === 'conv' ? 'Conv2D' : 'DepthwiseConv2D'
  const convolved = builder.add({ name, class_name }, [maps], { ...common, ...own })
  if (norm === null) return addActivation(builder, activation, convolved)
  const normed = { name: layerName(norm.name), class_name: 'BatchNormalization' }
  const scaling = { axis: -1, momentum: 0.99, epsilon: norm.epsilon, center: true, scale: true }
  return addActivation(builder, activation, builder.add(normed, [convolved], scaling))
}

function addActivation(builder: Builder, activation: Activation, from: string): string {
  if (activation === 'linear') return from
  const limit = activation === 'relu6' ? { max_value: 6 } : {}
  return builder.add({ name: `${from}_${activation}`, class_name: 'ReLU' }, [from], limit)
}

function padded(
  builder: Builder,
  padding: Padding,
  from: string,
  name: string,
): { maps: string; padding: 'same' | 'valid' } {
  if (typeof padding !== 'number') return { maps: from, padding }
  if (padding === 0) return { maps: from, padding: 'valid' }
  const around = {
    padding: [
      [padding, padding],
      [padding, padding],
    ],
    data_format: 'channels_last',
  }
  const maps = builder.add({ name: `${name}_padding`, class_name: 'ZeroPadding2D' }, [from], around)
  return { maps, padding: 'valid' }
}
