/**
 * A table of photos with some of its train labels made wrong, for measurements of methods against wrong labels; it measures
 * nothing itself. Observations are flipped, for a person who names a plant wrongly names all its photos so. A part of train
 * may be set aside as val, with its labels as they are: recipes are chosen there, never on test.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

export const bench = defineBench({
  about: 'writes a table with wrong train labels; it measures nothing',
  flags: {
    csv: flag.needed('TABLE', 'the table of photos'),
    out: flag.needed('TABLE', 'where the other one is written'),
    share: flag.share(0.2, 'of the train observations are named wrongly'),
    validation: flag.share(
      0,
      "of each species' train observations become val, with their labels as they are",
    ),
    trusted: flag.share(0, 'of the remaining train observations stay right and say so'),
    seed: flag.seed(1, 'that all of it is drawn from'),
  },
  async run({ csv, out, ...wish }) {
    const { flipLabels } = await import('./flip-labels/table.ts')
    const { table, ...counts } = flipLabels(await readFile(csv, 'utf8'), wish)
    await writeFile(out, table)
    return { bench: 'flip-labels', rows: [{ ...wish, ...counts, out }] }
  },
})
