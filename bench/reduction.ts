/** How fast contributions come into the sums, beside a plain copy and beside gloo, in the same run. */
import { parseArgs } from 'node:util'
import type { Coding } from '@worldflora/protocol/partial-sum'
import type { Wire } from '@worldflora/protocol/run-config'
import { copiedPerSecond } from './reduction/copy.ts'
import { glooSeconds } from './reduction/gloo.ts'
import { contributionsPerSecond } from './reduction/reduce.ts'
import type { Bench } from './runner/bench.ts'

export const bench: Bench = {
  about: 'contributions a second into the exact sums, beside a plain copy and gloo',
  async run(args, say) {
    const { values: flags } = parseArgs({
      args,
      options: {
        parameters: { type: 'string', default: '1000000,10000000,25600000' },
        wires: { type: 'string', default: 'int8,int16,float32' },
        threads: { type: 'string', default: '1,2' },
        coding: { type: 'string', default: 'plain' },
        seconds: { type: 'string', default: '3' },
      },
    })
    const sizes = flags.parameters.split(',').map(Number)
    const gloo = glooSeconds(sizes, say)
    const rows = []
    for (const parameters of sizes) {
      for (const wire of flags.wires.split(',') as Wire[]) {
        for (const threads of flags.threads.split(',').map(Number)) {
          const before = copiedPerSecond()
          const forMs = Number(flags.seconds) * 1000
          const coding = flags.coding as Coding
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
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
