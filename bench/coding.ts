/**
 * How small uploads become: bits a value and an image of coded partial sums of 1 to 16 tasks, beside plain ones, deflate and the
 * entropy, on gradients of networks in training. Times are this process's CPU time for one upload of 3.5 million values.
 */
import type { Bench } from './runner/bench.ts'

export const bench: Bench = {
  about:
    'bits a value and an image of coded uploads [--photos FOLDER with a folder per species] [--steps 20]',
  async run(flags, say) {
    const flag = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined)
    // Who only lists the benches need not load a network.
    const { measureCodings } = await import('./coding/measure.ts')
    const steps = Number(flag('--steps') ?? 20)
    return { bench: 'coding', rows: await measureCodings({ steps, folder: flag('--photos'), say }) }
  },
}
