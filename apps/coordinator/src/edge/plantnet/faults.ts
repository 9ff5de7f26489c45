/** Errors as Pl@ntNet's programs know them: `{statusCode, error, message}`. */
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'

const NAMES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
} as const
export type FaultStatus = keyof typeof NAMES

/** What a request could not be answered for. */
export type Fault = { kind: 'fault'; status: FaultStatus; message: string; retryAfterSeconds?: number }

export function fault(status: FaultStatus, message: string, retryAfterSeconds?: number): Fault {
  return { kind: 'fault', status, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
}

export function noModel(): Fault {
  return fault(503, 'No model is published yet.')
}

/** Programs compare its words. It is an answer of a kind: the only fault that counts. */
export const NOT_FOUND = fault(404, 'Species not found')

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'fault'
}

export function answerFault({ status, message, retryAfterSeconds }: Fault): Response {
  const body = { statusCode: status, error: NAMES[status], message }
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return Response.json(body, { status, headers })
}

const STATUS: { [code: string]: FaultStatus } = {
  'unsupported-type': 415,
  'too-large': 413,
  'upload-stalled': 408,
  'model-damaged': 503,
  'store-unavailable': 503,
  'not-writable': 503,
  'disk-full': 507,
}

/** A rejection of ours in their form: both sentences. */
export function faultOf({ code, message, action }: Rejection): Fault {
  // Programs compare this one by its words.
  const words = code === 'unsupported-type' ? message : `${message} ${action}`
  return fault(STATUS[code] ?? 400, words)
}

/** Whatever a route's function came to. */
export function answerWith(value: object | Fault | Rejection): Response {
  if (isFault(value)) return answerFault(value)
  return isRejection(value) ? answerFault(faultOf(value)) : Response.json(value)
}
