/**
 * How small uploads become: bits a value and an image of coded partial sums of 1 to 16 tasks, beside plain ones, deflate and the
 * entropy, on gradients of networks in training. Times are this process's CPU time for one upload of 3.5 million values.
 */
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

export const bench = defineBench({
  about: 'bits a value and an image of coded uploads',
  flags: {
    photos: flag.optional('FOLDER', 'real photos, a folder a species, besides the drawn ones'),
    steps: flag.count(20, 'of training before the gradients are taken'),
  },
  async run({ photos, steps }, say) {
    // Who only lists the benches need not load a network.
    const { measureCodings } = await import('./coding/measure.ts')
    return { bench: 'coding', rows: await measureCodings({ steps, folder: photos ?? undefined, say }) }
  },
})
