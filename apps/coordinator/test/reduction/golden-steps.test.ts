/** A run's bits must not change under it: a data folder of yesterday goes on today, and every coordinator computes alike. */
import { initOptimizer } from '@worldflora/model/optimizer'
import { hashOf } from '@worldflora/protocol/hash'
import type { Wire } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { expect, it } from 'vitest'
import { updateStep } from '../../src/reduction/step-update.ts'
import { layout, must, noise, runConfig } from './fixture.ts'

const STEPS = 24

/** Begins of the hashes of weights, velocity and residual after some steps of gradients of very different sizes. */
function trained(wire: Wire, optimizer: Record<string, unknown>): string {
  const config = runConfig(wire, optimizer)
  let weights = noise(layout.total, 0.1, 1)
  let state = initOptimizer(config.optimizer, layout, weights)
  for (let step = 0; step < STEPS; step++) {
    const mean = noise(layout.total + 2, 10 ** -(step % 5), step + 2)
    const moment = { step, stepsPerEpoch: 2.5, steps: STEPS }
    ;({ weights, state } = must(updateStep({ config, layout, moment, weights, state, mean })))
  }
  const { moments, residual } = state
  const kept = [
    weights,
    ...(moments.kind === 'adamw' ? [moments.first, moments.second] : [moments.velocity]),
    residual,
  ]
  return kept.map((values) => hashOf(encodeWeights(values)).slice(0, 16)).join(' ')
}

const momentum = { weightDecay: 5e-4, warmupEpochs: 2, momentum: 0.9 }
const nesterov = { ...momentum, nesterov: true, schedule: 'step', stepEpochs: [3, 6] }
const plain = { momentum: 0, schedule: 'constant' }

// Written down before there were other optimizers than SGD.
it.each<[Wire, string, object, string]>([
  ['int8', 'momentum', momentum, '7d531904ab082c48 3e54ac8f3cc09a25 b0269d39bc0215f0'],
  ['int8', 'Nesterov', nesterov, 'e2818306e21aa494 10d2f81a89eae1e3 735ba01097404dec'],
  ['int8', 'plain', plain, '9e1d85114b71b67e 7cf6d3700d6654eb 733ff75686194024'],
  ['int16', 'momentum', momentum, 'e661d67b704a4cd0 87fdd9906f8e8cdf 76ff3dd45a8bc3d4'],
  ['int16', 'Nesterov', nesterov, 'c3bd4adc1e4686ab 8350c68b538fd31f 9a5a676e823289e2'],
  ['int16', 'plain', plain, '8b4bcae1f0c95bd1 7cf6d3700d6654eb 471d1de5a4bef6db'],
  ['float32', 'momentum', momentum, 'b55e77f784762c0b 0b1bca4c9f38e0e4 a6bedce1e512d653'],
  ['float32', 'Nesterov', nesterov, '0caed21a0bd12c1f 8e48a1b94fe76f31 a6bedce1e512d653'],
  ['float32', 'plain', plain, 'cd9e1cd0aaab1867 7cf6d3700d6654eb a6bedce1e512d653'],
])('OP1: SGD has the bits it always had: %s, %s', (wire, _, optimizer, hashes) => {
  expect(trained(wire, optimizer as Record<string, unknown>)).toBe(hashes)
})

// The others, as they were when they came.
it.each<[string, Record<string, unknown>, string]>([
  [
    'LARS',
    { name: 'lars', weightDecay: 5e-4, schedule: 'polynomial', power: 2 },
    '36607908daf58639 060a7340f49f4dc4 48ef409afe25a5a8',
  ],
  [
    'AdamW',
    { name: 'adamw', learningRate: 1e-3, weightDecay: 0.05 },
    '1ebaaa16703a85b0 cd3392b2ec6248d2 41aaed937f8c3e9c 1c7bc539d6110c81',
  ],
  [
    'SGD, clipped',
    { clipNorm: 0.5, referenceBatch: 4, warmupEpochs: 2 },
    '90ace695386fe8fb 55a9d9e00f610de0 1d1f6f8daf850192',
  ],
])('SD2: the bits of %s', (_, optimizer, hashes) => {
  expect(trained('int8', optimizer)).toBe(hashes)
})
