/** How often an epoch has each photo, where not every photo is to be there once. */
import * as v from 'valibot'

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))

/** How often an epoch has a photo that is not trusted, over one that is. */
const noisyWeight = v.optional(fraction)

export const Sampling = v.variant('name', [
  v.strictObject({ name: v.literal('uniform'), noisyWeight }),
  v.strictObject({
    name: v.literal('repeat-factor'),
    /** A species with less than this part of all photos has them repeated. */
    threshold: v.pipe(fraction, v.gtValue(0)),
    noisyWeight,
  }),
  v.strictObject({ name: v.literal('square-root'), noisyWeight }),
  v.strictObject({ name: v.literal('class-balanced'), noisyWeight }),
])
export type Sampling = v.InferOutput<typeof Sampling>
