/**
 * The exact sum of a step's contributions: one 64-bit integer per value, in units (RD1). Integer addition is associative
 * and commutative, so neither the order of arrival nor any grouping can change a bit. At most 2^16 contributions of values
 * below 2^47 units stay below 2^63: overflow is excluded by construction.
 */
import { readFileSync } from 'node:fs'
import {
  BLOCK_SIZE,
  type EncodedVector,
  powerOfTwo,
  type VectorShape,
} from '@worldflora/protocol/gradient-codec'

/** assembly/reduction.ts */
type Kernels = {
  addInt8(sum: number, mantissas: number, length: number, shift: number): void
  addInt16(sum: number, mantissas: number, length: number, shift: number): void
  addFloat32(sum: number, values: number, length: number, perUnit: number): void
  meanOf(sum: number, mean: number, length: number, unit: number, samples: number): void
}

const PAGE_BYTES = 65_536
const compiled = new WebAssembly.Module(
  readFileSync(new URL('../../assembly/reduction.wasm', import.meta.url)),
)

export class Accumulator {
  readonly #length: number
  readonly #quantised: number
  readonly #unitExponent: number
  readonly #memory: WebAssembly.Memory
  readonly #kernels: Kernels
  /** After the sums: one contribution's values as they came, later the means. */
  readonly #scratch: number

  constructor({ quantised, exact }: VectorShape, unitExponent: number) {
    this.#quantised = quantised
    this.#length = quantised + exact
    this.#unitExponent = unitExponent
    this.#scratch = this.#length * 8
    const pages = Math.ceil((this.#scratch + this.#length * 4) / PAGE_BYTES)
    this.#memory = new WebAssembly.Memory({ initial: Math.max(1, pages) })
    this.#kernels = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } })
      .exports as unknown as Kernels
  }

  /** A contribution whose shape and unit are this sum's, and whose values are in range: `parseVector` has seen to it. */
  add({ wire, exponents, mantissas, exactValues }: EncodedVector): void {
    const perUnit = powerOfTwo(-this.#unitExponent)
    this.#put(mantissas)
    if (wire === 'float32') {
      this.#kernels.addFloat32(0, this.#scratch, mantissas.length, perUnit)
    } else {
      const addBlock = wire === 'int8' ? this.#kernels.addInt8 : this.#kernels.addInt16
      for (let block = 0; block < exponents.length; block++) {
        const start = block * BLOCK_SIZE
        const length = Math.min(BLOCK_SIZE, mantissas.length - start)
        const from = this.#scratch + start * mantissas.BYTES_PER_ELEMENT
        addBlock(start * 8, from, length, exponents[block]! - this.#unitExponent)
      }
    }
    this.#put(exactValues)
    this.#kernels.addFloat32(this.#quantised * 8, this.#scratch, exactValues.length, perUnit)
  }

  /** The sums in units. A view: valid until the next call. */
  sums(): BigInt64Array {
    return new BigInt64Array(this.#memory.buffer, 0, this.#length)
  }

  /** The sums divided by the step's number of samples (GB2). */
  mean(samples: number): Float32Array<ArrayBuffer> {
    this.#kernels.meanOf(0, this.#scratch, this.#length, powerOfTwo(this.#unitExponent), samples)
    return new Float32Array(this.#memory.buffer, this.#scratch, this.#length).slice()
  }

  reset(): void {
    this.sums().fill(0n)
  }

  #put(values: Int8Array | Int16Array | Float32Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    new Uint8Array(this.#memory.buffer).set(bytes, this.#scratch)
  }
}
