import { describe, expect, it } from 'vitest'
import type { BackendOptions } from '../../src/backend/index.ts'
import { offerGpu } from '../offered-gpu.ts'
import { gradientsOn, relativeError } from './drawn-tensors.ts'
import { OP_CASES } from './op-cases.ts'

/** Sums of a few hundred 32-bit terms in another order. */
const WASM_TOLERANCE = 2e-6
/** Vendors fuse, reorder and approximate (rsqrt, exp); 32-bit all the same. */
const WEBGPU_TOLERANCE = 2e-5

describe('every op and its gradient on wasm agrees with plain JavaScript', () => {
  it.each(Object.keys(OP_CASES))('%s', async (name) => {
    const expected = await gradientsOn('cpu', OP_CASES[name]!)
    const actual = await gradientsOn('wasm', OP_CASES[name]!)
    expect(actual.length).toBe(expected.length)
    for (const [index, values] of expected.entries()) {
      expect(relativeError(actual[index]!, values)).toBeLessThan(WASM_TOLERANCE)
    }
  })

  it('SD2: the same bits again', async () => {
    for (const opCase of Object.values(OP_CASES)) {
      const first = await gradientsOn('wasm', opCase)
      expect(await gradientsOn('wasm', opCase)).toEqual(first)
    }
  })
})

// A software Vulkan will do, such as Chromium's: VK_ICD_FILENAMES names its vk_swiftshader_icd.json, LD_LIBRARY_PATH the
// folder of its libvulkan.so.1. Without any adapter these tests are skipped.
const software: BackendOptions = { softwareAdapter: 'allowed' }
const hasAdapter = await offerGpu()

describe.skipIf(!hasAdapter)('every op and its gradient on webgpu agrees with plain JavaScript', () => {
  it.each(Object.keys(OP_CASES))('%s', async (name) => {
    const expected = await gradientsOn('cpu', OP_CASES[name]!)
    const actual = await gradientsOn('webgpu', OP_CASES[name]!, software)
    for (const [index, values] of expected.entries()) {
      expect(relativeError(actual[index]!, values)).toBeLessThan(WEBGPU_TOLERANCE)
    }
  })
})
