import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { memorySource, type SourceFolder } from '../../src/weights/byte-source.ts'
import { readTfjsLayers } from '../../src/weights/tfjs-layers.ts'

type Files = Record<string, Uint8Array | object | string>

function folder(files: Files): SourceFolder {
  const bytesOf = (file: Files[string]) =>
    file instanceof Uint8Array
      ? file
      : new TextEncoder().encode(typeof file === 'string' ? file : JSON.stringify(file))
  return {
    names: async () => Object.keys(files).sort(),
    open: async (name) => (name in files ? memorySource(bytesOf(files[name]!)) : null),
  }
}

const model = (weights: object[], paths = ['a.bin'], more: object = {}) => ({
  format: 'layers-model',
  modelTopology: {},
  weightsManifest: [{ paths, weights }],
  ...more,
})
const floats = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer)
const wordsOf = async (files: Files) => {
  const weights = await readTfjsLayers(folder(files))
  return isRejection(weights) ? weights.message : 'no rejection'
}
const valuesIn = async (files: Files, name: string) => {
  const weights = await readTfjsLayers(folder(files))
  if (isRejection(weights)) throw new Error(weights.message)
  return weights.tensors.get(name)!.read()
}

describe('tfjs layers models', () => {
  it('a tensor may lie across files, and a group follows another', async () => {
    const whole = floats(1, 2, 3, 4)
    const files = {
      'model.json': {
        weightsManifest: [
          {
            paths: ['a.bin', 'b.bin', 'c.bin'],
            weights: [
              { name: 'w', shape: [3], dtype: 'float32' },
              { name: 'v', shape: [], dtype: 'float32' },
            ],
          },
          { paths: ['d.bin'], weights: [{ name: 'u', shape: [1, 1], dtype: 'float32' }] },
        ],
      },
      'a.bin': whole.slice(0, 2),
      'b.bin': whole.slice(2, 3),
      'c.bin': whole.slice(3),
      'd.bin': floats(5),
    }
    expect(await valuesIn(files, 'w')).toEqual(new Float32Array([1, 2, 3]))
    expect(await valuesIn(files, 'v')).toEqual(new Float32Array([4]))
    expect(await valuesIn(files, 'u')).toEqual(new Float32Array([5]))
  })

  it('quantised values are what they stand for', async () => {
    const weight = (quantization: object) => [{ name: 'w', shape: [2], dtype: 'float32', quantization }]
    const by = (quantization: object, bytes: Uint8Array) =>
      valuesIn({ 'model.json': model(weight(quantization)), 'a.bin': bytes }, 'w')
    const scaled = { scale: 0.5, min: -1 }
    expect(await by({ dtype: 'uint8', ...scaled }, new Uint8Array([0, 255]))).toEqual(
      new Float32Array([-1, 126.5]),
    )
    const words = new Uint8Array(new Uint16Array([2, 65_535]).buffer)
    expect(await by({ dtype: 'uint16', ...scaled }, words)).toEqual(new Float32Array([0, 32_766.5]))
    const halves = new Uint8Array(new Uint16Array([0x3c00, 0xc000]).buffer)
    expect(await by({ dtype: 'float16' }, halves)).toEqual(new Float32Array([1, -2]))
  })

  it('other dtypes are refused by name when they are read', async () => {
    const files = {
      'model.json': model([
        { name: 'n', shape: [2], dtype: 'bool' },
        { name: 'w', shape: [1], dtype: 'float32' },
      ]),
      'a.bin': new Uint8Array([0, 1, ...floats(3)]),
    }
    expect(await valuesIn(files, 'w')).toEqual(new Float32Array([3]))
    expect(await valuesIn(files, 'n')).toMatchObject({ code: 'unsupported-dtype' })
  })

  const one = { name: 'w', shape: [1], dtype: 'float32' }
  it.each<[string, Files, RegExp]>([
    ['no model.json', {}, /not there/],
    ['a model.json that is none', { 'model.json': '{' }, /not JSON/],
    ['a graph model', { 'model.json': { ...model([one]), format: 'graph-model' } }, /graph model/],
    ['a missing file', { 'model.json': model([one]) }, /names a.bin, which is not there/],
    ['a file of another folder', { 'model.json': model([one], ['../a.bin']) }, /beside model.json/],
    ['a file that is too short', { 'model.json': model([one]), 'a.bin': new Uint8Array(3) }, /end before w/],
    ['a file that is too long', { 'model.json': model([one]), 'a.bin': new Uint8Array(5) }, /files have 5/],
    ['a tensor that is there twice', { 'model.json': model([one, one]), 'a.bin': floats(1, 2) }, /twice/],
    [
      'strings',
      { 'model.json': model([{ ...one, dtype: 'string' }]), 'a.bin': floats(1) },
      /strings, whose size/,
    ],
    [
      'a shape that overflows',
      { 'model.json': model([{ ...one, shape: [2 ** 30, 2 ** 30] }]), 'a.bin': floats(1) },
      /shape/,
    ],
    [
      'quantised values that stand for nothing',
      { 'model.json': model([{ ...one, quantization: { dtype: 'uint8', scale: 1 } }]), 'a.bin': floats(1) },
      /quantization/,
    ],
  ])('IN1: %s is refused with what is wrong', async (_, files, words) => {
    expect(await wordsOf(files)).toMatch(words)
  })
})
