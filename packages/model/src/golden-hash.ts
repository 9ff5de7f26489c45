/**
 * What `computeGoldenHash` gives on the deterministic class. It changes with whatever changes a bit of a gradient (kernels,
 * augmentation, initial weights); the test of the golden task then prints the new one. A change of it is a change of what a
 * run computes: workers of older builds are then no longer of the class.
 */
import type { Hash } from '@worldflora/protocol/ids'

export const GOLDEN_HASH = '414389ef6c408bab5d77dff47ac79b5e41b30401a371644bd4730d0e878523ff' as Hash
