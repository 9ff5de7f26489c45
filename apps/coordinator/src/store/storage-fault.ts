/** What a disk or a database that fails is to people: said in plain words, with what to do. Detail stays in `cause`, for the log. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'

/** Thrown by the guarded stores, and nothing else is: everything that fails down there is one of these. */
export class StorageFault extends Error {
  readonly rejection: Rejection

  constructor(rejection: Rejection, cause: unknown) {
    super(rejection.message, { cause })
    this.rejection = rejection
  }

  /** For a sentence that begins with what came to nothing. */
  get words(): string {
    return `${this.rejection.message} ${this.rejection.action}`
  }
}

/** For `catch`: a storage fault is expected, and a value from there on; anything else is a bug. */
export function rejectionOf(error: unknown): Rejection {
  if (error instanceof StorageFault) return error.rejection
  throw error
}

/** No space, over quota, beyond the largest file; and Postgres's own disk_full. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', '53100'])
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS'])

export function storageFaultOf(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error
  const codes = codesOf(error)
  const has = (known: ReadonlySet<string>) => codes.some((code) => known.has(code))
  if (has(FULL)) return new StorageFault(diskFull(), error)
  return new StorageFault(has(FORBIDDEN) ? notWritable() : notAnswering(), error)
}

/** Of the error and what it wraps: Drizzle hides Postgres's error inside its own. */
function codesOf(error: unknown): string[] {
  const codes: string[] = []
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string') codes.push(code)
  }
  return codes
}

// These words stand in the public status: what the system said in detail is for the log.

function diskFull(): Rejection {
  return reject(
    'disk-full',
    'The disk of the data folder is full.',
    'Make room on it, then resume what was paused.',
  )
}

function notWritable(): Rejection {
  return reject(
    'not-writable',
    'The coordinator may not write to its data folder.',
    'Let the user that runs it write there, then resume what was paused.',
  )
}

function notAnswering(): Rejection {
  return reject(
    'store-unavailable',
    'The data folder cannot be used at the moment.',
    'The coordinator’s log says why. Once the cause is gone, resume what was paused.',
  )
}

/** Of a call that was given up. */
export function overdue(afterMs: number): StorageFault {
  const rejection = reject(
    'store-unavailable',
    `The database has not answered for ${afterMs / 1000} seconds.`,
    'Look whether the disk of the data folder still works; if this does not end by itself, start the coordinator anew.',
  )
  return new StorageFault(rejection, new Error('a call to the store is overdue'))
}
