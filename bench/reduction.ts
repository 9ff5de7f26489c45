/** How fast contributions come into the sums, beside a plain copy and beside gloo, in the same run. */
import { Wire } from '@worldflora/protocol/run-config'
import { copiedPerSecond } from './reduction/copy.ts'
import { glooSeconds } from './reduction/gloo.ts'
import { contributionsPerSecond } from './reduction/reduce.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

export const bench = defineBench({
  about: 'contributions a second into the exact sums, beside a plain copy and gloo',
  flags: {
    parameters: flag.counts([1_000_000, 10_000_000, 25_600_000], 'of the networks'),
    wires: flag.someOf(Wire.options, Wire.options, 'how gradients travel'),
    threads: flag.counts([1, 2], 'that sum'),
    coding: flag.oneOf(['plain', 'coded'], 'plain', 'whether the bytes are entropy-coded'),
    seconds: flag.seconds(3, 'for each row'),
  },
  async run({ parameters: sizes, wires, threads: threadCounts, coding, seconds }, say) {
    const gloo = glooSeconds(sizes, say)
    const rows = []
    for (const parameters of sizes) {
      for (const wire of wires) {
        for (const threads of threadCounts) {
          const before = copiedPerSecond()
          const forMs = seconds * 1000
          const perSecond = await contributionsPerSecond({ parameters, wire, threads, coding, forMs })
          const copied = (before + copiedPerSecond()) / 2
          const glooPerOne = gloo?.get(parameters) ?? null
          const row = {
            parameters,
            wire,
            threads,
            contributionsPerSecond: round(perSecond),
            ratioToCopy: round((perSecond * parameters) / copied),
            ratioToGloo: glooPerOne === null ? null : round(glooPerOne * perSecond),
          }
          say(
            `${JSON.stringify(row)} (${coding}; a copy moves ${(copied / 1e9).toFixed(2)}e9 values a second)`,
          )
          rows.push(row)
        }
      }
    }
    return { bench: 'reduction', rows }
  },
})

function round(value: number): number {
  return Number(value.toPrecision(3))
}
