/** A tensor as rows of channels: every axis but the last in one. */
import { type TensorInfo, util } from '@tensorflow/tfjs-core'

export type Extent = { rows: number; channels: number }

export function extentOf(x: TensorInfo): Extent {
  const channels = x.shape.at(-1)!
  return { rows: util.sizeFromShape(x.shape) / channels, channels }
}
