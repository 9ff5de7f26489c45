/**
 * A table of photos with some of its train labels made wrong, for measurements of methods against wrong labels; it measures
 * nothing itself. Observations are flipped, for a person who names a plant wrongly names all its photos so. A part of train
 * may be set aside as val, with its labels as they are: recipes are chosen there, never on test.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Bench } from './runner/bench.ts'

export const bench: Bench = {
  about:
    'writes a table with wrong train labels: --csv TABLE --out TABLE [--share 0.2] [--validation 0] [--trusted 0] [--seed 1]',
  async run(flags) {
    const { values } = parseArgs({
      args: flags,
      options: {
        csv: { type: 'string' },
        out: { type: 'string' },
        share: { type: 'string', default: '0.2' },
        validation: { type: 'string', default: '0' },
        trusted: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
      },
    })
    if (values.csv === undefined || values.out === undefined)
      throw new Error('Give --csv TABLE and --out TABLE.')
    const { flipLabels } = await import('./flip-labels/table.ts')
    const wish = {
      share: Number(values.share),
      validation: Number(values.validation),
      trusted: Number(values.trusted),
      seed: Number(values.seed),
    }
    const { table, ...counts } = flipLabels(await readFile(values.csv, 'utf8'), wish)
    await writeFile(values.out, table)
    return { bench: 'flip-labels', rows: [{ ...wish, ...counts, out: values.out }] }
  },
}
