/** What an operator is told of a site beside its runs: who works, what has happened, how the process is. And how one becomes an operator. */
import * as v from 'valibot'
import { WorkerId } from './ids.ts'
import { BackendName } from './messages.ts'
import { index } from './whole-number.ts'

/** `POST /api/login` */
export const LoginRequest = v.object({ token: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) })

/** `GET /api/workers` (operator) */
export const WorkerSummary = v.object({
  id: WorkerId,
  host: v.picklist(['browser', 'node']),
  backend: BackendName,
  deterministic: v.boolean(),
  connected: v.boolean(),
  /** What it holds a lease for now. */
  working: v.nullable(v.object({ run: v.string(), kind: v.string(), step: index, tasks: index })),
  images: index,
  imagesPerSecond: v.nullable(v.number()),
  joinedAt: v.string(),
})
export type WorkerSummary = v.InferOutput<typeof WorkerSummary>

/** `GET /api/events` (operator): the readable log, newest first. */
export const LogEvent = v.object({
  at: v.string(),
  kind: v.string(),
  run: v.nullable(v.string()),
  text: v.string(),
})
export type LogEvent = v.InferOutput<typeof LogEvent>

/** `GET /api/health` (operator): of the coordinator's process. */
export const Health = v.object({
  /** How late the event loop was, in windows of ten seconds, the latest first; the first is still open. */
  loop: v.array(v.object({ forMs: v.number(), p50Ms: v.number(), p99Ms: v.number(), mostMs: v.number() })),
  rssBytes: index,
  heapBytes: index,
})
export type Health = v.InferOutput<typeof Health>
