import * as v from 'valibot'

/** A place in a row, or how many there are. */
export const index = v.pipe(v.number(), v.integer(), v.minValue(0))
