/** A body that was checked, and what it was found to be. Whoever has it gives its room back. */
import type { Body } from './body.ts'
import type { Contribution } from './contribution.ts'

export type Received = { body: Body; contribution: Contribution }
