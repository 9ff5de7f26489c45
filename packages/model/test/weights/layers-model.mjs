/** What TensorFlow.js itself makes of a layers model: plain JavaScript, for its types are of another world. */
import * as tf from '@tensorflow/tfjs-core'
import { loadLayersModel, model as modelOf } from '@tensorflow/tfjs-layers'

/** `file(name)`: bytes of a file beside model.json. `images` is flat [count, size, size, 3]. */
export async function openLayersModel(file) {
  const json = JSON.parse(new TextDecoder().decode(file('model.json')))
  const files = json.weightsManifest.flatMap(({ paths }) => paths.map(file))
  const weightData = new Uint8Array(Buffer.concat(files)).buffer
  const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights)
  const { modelTopology } = json
  const model = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) })
  const run = (model, images, size) =>
    tf.tidy(() =>
      model.predict(tf.tensor(images, [images.length / (size * size * 3), size, size, 3])).dataSync(),
    )
  return {
    predict: (images, size) => run(model, images, size),
    /** Of a layer by its name. */
    layer: (name, images, size) =>
      run(modelOf({ inputs: model.inputs, outputs: model.getLayer(name).output }), images, size),
    dispose: () => model.dispose(),
  }
}
