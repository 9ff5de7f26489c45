import { hashOf } from '@worldflora/protocol/hash'
import { isRejection } from '@worldflora/protocol/rejection'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutIntoParts, readParts } from '../../src/weights/parts.ts'
import { writeSafetensors } from '../../src/weights/safetensors-writing.ts'
import { readWeightsFolder, SPECIES_KEY, speciesOf } from '../../src/weights/weights-folder.ts'
import { memoryFolder } from './memory-folder.ts'
import { wholeOf } from './whole.ts'

const file = (metadata: Record<string, string>, ...names: string[]) => {
  const tensors = names.map((name, i) => ({ name, shape: [1], values: new Float32Array([i]) }))
  return wholeOf(writeSafetensors(tensors, tensors, metadata))
}
const said = async (files: Record<string, Uint8Array>) => {
  const weights = await readWeightsFolder(memoryFolder(files), 'mine')
  return isRejection(weights) ? weights.message : [...weights.tensors.keys()]
}

describe('a folder with weights', () => {
  it('may have its safetensors in several files, each tensor in one', async () => {
    const [one, two, again] = [await file({}, 'a'), await file({}, 'b', 'c'), await file({}, 'c')]
    expect(await said({ '1.safetensors': one, '2.safetensors': two, 'README.md': one })).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(await said({ '1.safetensors': two, '2.safetensors': again })).toMatch(
      /2.safetensors.*c is in another/,
    )
  })

  it('IN1: with nothing, or with two kinds, is refused with what is expected', async () => {
    expect(await said({ 'README.md': await file({}) })).toMatch(/mine has neither a model.json nor/)
    const both = { 'model.json': new Uint8Array(0), 'm.safetensors': await file({}) }
    expect(await said(both)).toMatch(/nobody knows which/)
  })

  it('IN1: species that are no list of ids are refused', () => {
    const of = (text?: string) =>
      speciesOf({ tensors: new Map(), metadata: text === undefined ? {} : { [SPECIES_KEY]: text } })
    expect(of()).toBeNull()
    expect(of('["poa annua"]')).toEqual(['poa annua'])
    for (const text of ['', '{}', '[]', '[1]', '[""]']) expect(isRejection(of(text)), text).toBe(true)
  })
})

describe('parts', () => {
  it('WT1: tensors of any sizes, cut at any size, are read again; a part that is missing is named', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 30 }), async (lengths, partValues) => {
        const tensors = lengths.map((length, i) => ({
          name: `t${i}`,
          shape: [length],
          values: Float32Array.from({ length }, (_, at) => i + at / 100),
        }))
        const kept = new Map<string, Uint8Array>()
        async function* coming() {
          yield* tensors
        }
        const parts = await cutIntoParts(coming(), 4 * partValues, async (bytes) => {
          const hash = hashOf(bytes)
          kept.set(hash, bytes.slice())
          return hash
        })
        const total = lengths.reduce((sum, length) => sum + length, 0)
        expect(parts.length).toBe(Math.ceil(total / partValues))
        const read = []
        for await (const tensor of readParts({ tensors, parts }, async (blob) => kept.get(blob) ?? null))
          read.push(tensor)
        expect(read).toEqual(tensors)
        kept.delete(parts.at(-1)!.blob)
        const broken = []
        for await (const tensor of readParts({ tensors, parts }, async (blob) => kept.get(blob) ?? null))
          broken.push(tensor)
        expect(broken.at(-1)).toMatchObject({ code: 'missing-weights' })
      }),
    )
  })
})
