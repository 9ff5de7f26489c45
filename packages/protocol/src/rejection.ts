/** What can be expected to fail is a value. `message` says what went wrong, `action` what the reader can do about it. */
import * as v from 'valibot'

export const Rejection = v.object({
  kind: v.literal('rejection'),
  code: v.string(),
  message: v.string(),
  action: v.string(),
})
export type Rejection = v.InferOutput<typeof Rejection>

export function reject(code: string, message: string, action: string): Rejection {
  return { kind: 'rejection', code, message, action }
}

export function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'rejection'
}

/** Parses a foreign value once, at the edge. The rejection names every field that is wrong, by its path. */
export function parseOrReject<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferOutput<S> | Rejection {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const faults = result.issues
    .slice(0, 5)
    .map((issue) => `${v.getDotPath(issue) ?? 'value'}: ${wordsOf(issue)}`)
  return reject('invalid', `${what} is not valid: ${faults.join('; ')}`, `Correct ${what} and try again.`)
}

function wordsOf({ type, expected, message }: v.BaseIssue<unknown>): string {
  return type === 'strict_object' && expected === 'never' ? 'there is no such field here' : message
}
