/** The tensors whose shape depends on the flora: those of the last layer. */
import type { Architecture } from '@worldflora/protocol/run-config'
import { headLayer, tensorName } from '../parameters.ts'

export function headTensors(architecture: Architecture): { weights: string; bias: string } {
  const head = headLayer(architecture, 1)
  return { weights: tensorName.weights(head), bias: tensorName.bias(head) }
}
