/** Names of things on the wire. Branded, so that a lease's id is never taken for a worker's. */
import * as v from 'valibot'

/** What the coordinator drew. */
export const OpaqueId = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9_-]{1,64}$/, 'an id is 1 to 64 letters, digits, - or _'),
)

export const RunId = v.pipe(OpaqueId, v.brand('RunId'))
export type RunId = v.InferOutput<typeof RunId>

export const WorkerId = v.pipe(OpaqueId, v.brand('WorkerId'))
export type WorkerId = v.InferOutput<typeof WorkerId>

export const LeaseId = v.pipe(OpaqueId, v.brand('LeaseId'))
export type LeaseId = v.InferOutput<typeof LeaseId>

/** SHA-256 as 64 lowercase hex digits: the name of a blob, and of whatever is defined by its bytes. */
export const Hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a hash is 64 hex digits'), v.brand('Hash'))
export type Hash = v.InferOutput<typeof Hash>

/** A name that a person chose for a run or a flora; it appears in addresses and file names. */
export const Slug = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'a name is 1 to 63 lowercase letters, digits or -, and starts with a letter or digit',
  ),
)
