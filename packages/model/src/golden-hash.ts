/**
 * What `computeGoldenHash` gives on the deterministic class. It changes with whatever changes a bit of a gradient or a feature (kernels,
 * augmentation, initial weights); the test of the golden task then prints the new one. A change of it is a change of what a
 * run computes: workers of older builds are then no longer of the class.
 */
import type { Hash } from '@worldflora/protocol/ids'

export const GOLDEN_HASH = '6ff34e0db196c6c024850c496d071289ed55622397bfeed766de00ba975d9257' as Hash
