/** How a command ends: a rejection becomes a message that says what to do and exit code 1; a bug keeps its stack. */
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'

/** Thrown where a command cannot go on; carries the rejection to the one place that prints it. */
export class Refused extends Error {
  readonly rejection: Rejection
  constructor(rejection: Rejection) {
    super(rejection.message)
    this.rejection = rejection
  }
}

/** The value, or an end of the command with the rejection's words. */
export function accept<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Refused(value)
  return value
}

/** `load`: of the command, whose file is not read before. */
export function report<Args extends unknown[]>(
  load: () => Promise<(...args: Args) => Promise<void>>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      const command = await load()
      await command(...args)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      console.error(`\nworldflora: ${error.rejection.message}\n${error.rejection.action}`)
      process.exitCode = 1
    }
  }
}
