/** The keys of programs that ask `/v2`. */
import * as v from 'valibot'
import { index } from './whole-number.ts'

/** An address that pages are from, as browsers say it: scheme, host, port, nothing behind. */
const Origin = v.pipe(
  v.string(),
  v.maxLength(300),
  v.check(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text,
    'an origin is written like https://example.org',
  ),
)

/** `POST /api/keys` (operator): a key for a program that asks `/v2`. */
export const MakeApiKey = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.minLength(1, 'a key needs a name'), v.maxLength(100)),
  /** Identifications a day. */
  dailyQuota: v.pipe(index, v.maxValue(10_000_000)),
  /** Pages that may use it; none: it is for programs of any kind, and for all pages. */
  origins: v.optional(v.pipe(v.array(Origin), v.maxLength(50)), []),
})
export type MakeApiKey = v.InferOutput<typeof MakeApiKey>

/** `GET /api/keys` (operator), the newest first. */
export const ApiKeySummary = v.object({
  id: v.string(),
  name: v.string(),
  dailyQuota: index,
  origins: v.array(v.string()),
  createdAt: v.string(),
  /** null: it is good. */
  revokedAt: v.nullable(v.string()),
  /** Identifications since 00:00 UTC. */
  usedToday: index,
})
export type ApiKeySummary = v.InferOutput<typeof ApiKeySummary>

/** The answer to `POST /api/keys`. `key` is shown this once: only its hash is kept. */
export const MadeApiKey = v.object({ ...ApiKeySummary.entries, key: v.string() })
export type MadeApiKey = v.InferOutput<typeof MadeApiKey>
