/** How a run changes its photos before it learns from them. What came later has no default (OP8): it is absent, or it is meant. */
import * as v from 'valibot'

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
/** Of Beta(alpha, alpha): below 1 mostly a little of the other photo, 1 any share alike, above mostly halves. */
const alpha = v.pipe(v.number(), v.minValue(0.05), v.maxValue(32))

export const Augmentation = v.pipe(
  v.strictObject({
    /** Random resized crop (else the centre crop that evaluation uses). */
    crop: v.optional(v.boolean(), false),
    /** Mirror every second image, left to right. */
    flip: v.optional(v.boolean(), false),
    /** Largest relative change of brightness, contrast and saturation. */
    color: v.optional(fraction, 0),
    /** Blend each photo with another of its chunk (Zhang et al. 2018). */
    mixup: v.optional(alpha),
    /** Put a rectangle of another photo of the chunk into each (Yun et al. 2019). With `mixup` too, each photo has one of the two. */
    cutmix: v.optional(alpha),
    /** Which part of the photos is mixed at all; all of them if it is not given. */
    mixedShare: v.optional(v.pipe(fraction, v.gtValue(0))),
  }),
  v.check(
    ({ mixup, cutmix, mixedShare }) =>
      mixedShare === undefined || mixup !== undefined || cutmix !== undefined,
    'mixedShare is of mixup and cutmix: give one of them too',
  ),
)
export type Augmentation = v.InferOutput<typeof Augmentation>
