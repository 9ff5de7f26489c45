import { describe, expect, it } from 'vitest'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { instantiateKernels } from '../../src/backend/wasm/kernel-module.ts'

const SECTIONS = { import: 2, global: 6, data: 11 }

describe('kernels.wasm, which works inside memory that is not its own', () => {
  it('has no data section and no globals: they would lie on top of tfjs', async () => {
    const sections = sectionsOf(await nodeAssets.load('kernels.wasm'))
    expect(sections).toContain(SECTIONS.import)
    expect(sections).not.toContain(SECTIONS.data)
    expect(sections).not.toContain(SECTIONS.global)
  })

  it('imports the memory and nothing else', async () => {
    const module = await WebAssembly.compile((await nodeAssets.load('kernels.wasm')) as BufferSource)
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  })

  it('SD2: has no relaxed SIMD: it is valid where that is unknown', async () => {
    const bytes = await nodeAssets.load('kernels.wasm')
    // Relaxed instructions are 0xfd followed by an opcode from 0x100, that is 0x80..0xff 0x02 in LEB128.
    const relaxed = bytes.some((byte, i) => byte === 0xfd && bytes[i + 1]! >= 0x80 && bytes[i + 2] === 2)
    expect(relaxed).toBe(false)
  })

  it('writes only where it is told to: products of every size up to 13, guarded on both sides', async () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const kernels = await instantiateKernels(await nodeAssets.load('kernels.wasm'), memory)
    const floats = new Float32Array(memory.buffer)
    for (let m = 1; m <= 13; m++) {
      for (let n = 1; n <= 13; n++) {
        const k = (m % 5) + 1
        floats.fill(7)
        const place = { a: 100, b: 400, packed: 700, c: 1100 }
        for (let i = 0; i < m * k; i++) floats[place.a + i] = i % 11
        for (let i = 0; i < n * k; i++) floats[place.b + i] = i % 7
        const at = (offset: number) => offset * 4
        kernels.packTransposed(at(place.b), at(place.packed), n, k)
        kernels.multiplyPacked(at(place.a), at(place.packed), at(place.c), m, k, n)
        for (let row = 0; row < m; row++) {
          for (let column = 0; column < n; column++) {
            let sum = 0
            for (let i = 0; i < k; i++) {
              sum += floats[place.a + row * k + i]! * floats[place.b + column * k + i]!
            }
            expect(floats[place.c + row * n + column]).toBe(sum)
          }
        }
        const packedEnd = place.packed + Math.ceil(n / 8) * 8 * k
        for (const guard of [place.packed - 1, packedEnd, place.c - 1, place.c + m * n]) {
          expect(floats[guard]).toBe(7)
        }
      }
    }
  })

  it('says what to do when it is older than its callers', async () => {
    const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])
    const memory = new WebAssembly.Memory({ initial: 1 })
    await expect(instantiateKernels(empty, memory)).rejects.toThrow('build it again')
  })
})

/** The ids of a binary's sections, in order. */
function sectionsOf(bytes: Uint8Array): number[] {
  const ids: number[] = []
  let at = 8
  while (at < bytes.length) {
    ids.push(bytes[at++]!)
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    at += length
  }
  return ids
}
