/** What other codings would need for the same whole numbers: entropies as limits, Rice with other blocks. */

/** Bits of all values together, if each had the best parameter of its block and the block's parameters cost two bytes. */
export function riceBits(values: readonly bigint[], blockValues: number): number {
  let bits = 0
  for (const block of blocksOf(values, blockValues)) {
    const folded = reduced(block).map((value) => (value < 0n ? -2n * value - 1n : 2n * value))
    bits += 16 + (folded.every((z) => z === 0n) ? 0 : bestRice(folded.map(Number)))
  }
  return bits
}

/** Shannon's limit for a code that knows how often each whole number occurs and nothing else. */
export function entropyBits(values: readonly bigint[], blockValues: number): number {
  return entropyOf(blocksOf(values, blockValues).flatMap(reduced))
}

/** The same for one table for each Rice parameter: about what a table-driven arithmetic coder could reach. */
export function entropyBitsByParameter(values: readonly bigint[], blockValues: number): number {
  const byParameter = new Map<number, bigint[]>()
  for (const block of blocksOf(values, blockValues)) {
    const whole = reduced(block)
    const mean = whole.reduce((sum, value) => sum + Math.abs(Number(value)), 0) / whole.length
    const parameter = Math.floor(Math.log2(mean + 1))
    byParameter.set(parameter, (byParameter.get(parameter) ?? []).concat(whole))
  }
  return [...byParameter.values()].reduce((bits, all) => bits + entropyOf(all), 0)
}

function bestRice(folded: number[]): number {
  let best = Number.POSITIVE_INFINITY
  for (let parameter = 0; parameter <= 56; parameter++) {
    const bits = folded.reduce((sum, z) => sum + Math.floor(z / 2 ** parameter) + 1 + parameter, 0)
    best = Math.min(best, bits)
  }
  return best
}

function entropyOf(values: readonly bigint[]): number {
  const counts = new Map<bigint, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / values.length)
  return bits
}

function blocksOf(values: readonly bigint[], blockValues: number): bigint[][] {
  const blocks: bigint[][] = []
  for (let start = 0; start < values.length; start += blockValues) {
    blocks.push(values.slice(start, start + blockValues))
  }
  return blocks
}

/** Divided by the largest power of two that divides all. */
function reduced(block: readonly bigint[]): bigint[] {
  const any = block.reduce((bits, value) => bits | value, 0n)
  if (any === 0n) return [...block]
  const shift = BigInt((any & -any).toString(2).length - 1)
  return block.map((value) => value >> shift)
}
