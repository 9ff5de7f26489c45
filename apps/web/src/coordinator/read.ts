/** Reads from the coordinator's HTTP API. What comes back is parsed here, once; what fails is a Rejection. */
import { isRejection, parseOrReject, Rejection, reject } from '@worldflora/protocol/rejection'

export type Parse<T> = (value: unknown) => T | Rejection

/** A list, whose first wrong element rejects it. */
export function listOf<T extends object>(parseOne: Parse<T>, what: string): Parse<T[]> {
  return (value) => {
    if (!Array.isArray(value)) return reject('invalid', `${what} are not a list.`, 'Load the page again.')
    const items: T[] = []
    for (const element of value) {
      const item = parseOne(element)
      if (isRejection(item)) return item
      items.push(item)
    }
    return items
  }
}

export async function readJson<T>(path: string, parseBody: Parse<T>): Promise<T | Rejection> {
  const answer = await ask(path, { headers: { accept: 'application/json' } })
  return isRejection(answer) ? answer : parseBody(answer.body)
}

export type Method = 'POST' | 'PUT' | 'DELETE'

/** Sends an order; the answer's body is of no interest. */
export async function order(method: Method, path: string, body?: unknown): Promise<Rejection | null> {
  const answer = await orderFor(method, path, body, () => ({}))
  return isRejection(answer) ? answer : null
}

/** Sends an order and reads what came of it. */
export async function orderFor<T>(
  method: Method,
  path: string,
  body: unknown,
  parseBody: Parse<T>,
): Promise<T | Rejection> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await ask(path, { method, ...(body === undefined ? {} : json) })
  return isRejection(answer) ? answer : parseBody(answer.body)
}

async function ask(path: string, init: RequestInit): Promise<{ body: unknown } | Rejection> {
  let response: Response
  try {
    response = await fetch(path, { ...init, cache: 'no-store' })
  } catch {
    return reject(
      'unreachable',
      'The coordinator does not answer.',
      'Check the connection; this page tries again.',
    )
  }
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return { body }
  if (isRejection(body)) return parseOrReject(Rejection, body, 'the refusal')
  return reject(
    `http-${response.status}`,
    `The coordinator refused this (${response.status}).`,
    'Load the page again; if it stays so, tell the operator.',
  )
}
