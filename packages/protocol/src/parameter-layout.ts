/**
 * Where each tensor of a network lies in the one flat vector that checkpoints, contributions and deltas are made of:
 *
 *     [ quantised | exact | statistics | tally ]
 *
 * `quantised` are trainable tensors of rank 2 and more (they take the run's wire); `exact` are trainable tensors of rank
 * 0 and 1; `statistics` are running averages (BN1); the last two always travel at 32 bits. `tally` exists in
 * contributions only: the task's summed loss and its number of right answers.
 */
export type ParameterSpec = {
  name: string
  shape: readonly number[]
  role: 'trainable' | 'statistic'
  /** Weight decay applies to it (not to norms and biases). */
  decay: boolean
}

export type ParameterEntry = { spec: ParameterSpec; offset: number; length: number }

export type ParameterLayout = {
  entries: readonly ParameterEntry[]
  quantised: number
  exact: number
  statistics: number
  /** Values of a checkpoint: quantised + exact + statistics. */
  total: number
}

/** Values after the statistics in a contribution: [summed loss, right answers]. */
export const TALLY = { loss: 0, correct: 1, length: 2 } as const

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** Keeps the order of `specs` within each section. Throws on a name that occurs twice. */
export function layoutOf(specs: readonly ParameterSpec[]): ParameterLayout {
  const names = new Set(specs.map((spec) => spec.name))
  if (names.size !== specs.length) throw new Error('two parameters have the same name')
  const sections = [
    specs.filter((spec) => spec.role === 'trainable' && spec.shape.length >= 2),
    specs.filter((spec) => spec.role === 'trainable' && spec.shape.length < 2),
    specs.filter((spec) => spec.role === 'statistic'),
  ]
  const entries: ParameterEntry[] = []
  const lengths = sections.map((section) => {
    const start = end(entries)
    for (const spec of section) entries.push({ spec, offset: end(entries), length: sizeOf(spec.shape) })
    return end(entries) - start
  })
  const [quantised, exact, statistics] = lengths as [number, number, number]
  return { entries, quantised, exact, statistics, total: quantised + exact + statistics }
}

function end(entries: readonly ParameterEntry[]): number {
  const last = entries.at(-1)
  return last === undefined ? 0 : last.offset + last.length
}

/** A contribution's sections as the codec takes them: everything behind the quantised values is exact, the tally included. */
export function contributionShape({ quantised, exact, statistics }: ParameterLayout) {
  return { quantised, exact: exact + statistics + TALLY.length }
}

/** A delta's sections: as a contribution's, without a tally. */
export function deltaShape({ quantised, exact, statistics }: ParameterLayout) {
  return { quantised, exact: exact + statistics }
}

/** One tensor's values as a view into the flat vector (no copy). */
export function valuesOf(entry: ParameterEntry, vector: Float32Array): Float32Array {
  return vector.subarray(entry.offset, entry.offset + entry.length)
}

/** Where the tensors of a part of a network lie in the whole's vector. */
export type Selection = {
  whole: ParameterLayout
  part: ParameterLayout
  ranges: readonly { whole: number; part: number; length: number }[]
}

/** Throws on a tensor that the whole does not have. */
export function selectionOf(whole: ParameterLayout, part: ParameterLayout): Selection {
  const offsets = new Map(whole.entries.map(({ spec, offset }) => [spec.name, offset]))
  const ranges = part.entries.map(({ spec, offset, length }) => {
    const from = offsets.get(spec.name)
    if (from === undefined) throw new Error(`the network has no tensor ${spec.name}`)
    return { whole: from, part: offset, length }
  })
  return { whole, part, ranges }
}

/** The part's vector, as a copy. */
export function gather({ part, ranges }: Selection, whole: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(part.total)
  for (const range of ranges) values.set(whole.subarray(range.whole, range.whole + range.length), range.part)
  return values
}

/** Puts the part's values in their places. */
export function scatter({ ranges }: Selection, part: Float32Array, whole: Float32Array): void {
  for (const range of ranges) whole.set(part.subarray(range.part, range.part + range.length), range.whole)
}
