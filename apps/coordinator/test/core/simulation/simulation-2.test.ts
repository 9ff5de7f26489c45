/** A fourth of the scenarios; the other files have the others. */
import { describe } from 'vitest'
import { simulate } from './simulate.ts'

describe('simulation, part 2 of 4', () => simulate(1))
