/** Submissions in PGlite. */
import { and, asc, desc, eq, gt, inArray, lte, sql } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { submissions } from './schema.ts'
import type { Store, SubmissionRecord } from './store.ts'

type SubmissionStore = Pick<
  Store,
  | 'insertSubmission'
  | 'listSubmissions'
  | 'submission'
  | 'countSubmissions'
  | 'decideSubmission'
  | 'decideSubmissions'
  | 'deleteRejected'
  | 'earliestRejection'
  | 'submissionPhotosInUse'
>

export function submissionsOn(db: ReturnType<typeof drizzle>): SubmissionStore {
  return {
    async insertSubmission({ at, decidedAt, ...submission }) {
      const [inserted] = await db
        .insert(submissions)
        .values({ ...submission, at: new Date(at), decidedAt: dateOf(decidedAt) })
        .returning({ number: submissions.number })
      return inserted!.number
    },

    async listSubmissions({ state, after, limit }) {
      const rows = await db
        .select()
        .from(submissions)
        .where(and(eq(submissions.state, state), after === null ? undefined : gt(submissions.number, after)))
        .orderBy(after === null ? desc(submissions.number) : asc(submissions.number))
        .limit(limit)
      return rows.map(recordOf)
    },

    async submission(id) {
      const [row] = await db.select().from(submissions).where(eq(submissions.id, id))
      return row === undefined ? null : recordOf(row)
    },

    async countSubmissions() {
      const none = () => ({ submissions: 0, bytes: 0 })
      const counts = { waiting: none(), accepted: none(), rejected: none() }
      const rows = await db
        .select({
          state: submissions.state,
          submissions: sql<number>`count(*)`.mapWith(Number),
          bytes:
            sql<number>`coalesce(sum((select sum((photo->>'bytes')::bigint) from jsonb_array_elements(${submissions.photos}) photo)), 0)`.mapWith(
              Number,
            ),
        })
        .from(submissions)
        .groupBy(submissions.state)
      for (const { state, ...count } of rows) counts[state] = count
      return counts
    },

    async decideSubmission(id, { state, species, decidedAt }) {
      const decided = await db
        .update(submissions)
        .set({ state, species, decidedAt: dateOf(decidedAt) })
        .where(eq(submissions.id, id))
        .returning({ id: submissions.id })
      return decided.length > 0
    },

    async decideSubmissions(ids, from, { state, species, decidedAt }) {
      const decided = await db
        .update(submissions)
        .set({ state, species, decidedAt: dateOf(decidedAt) })
        .where(and(inArray(submissions.id, [...ids]), eq(submissions.state, from)))
        .returning({ id: submissions.id })
      return decided.map(({ id }) => id)
    },

    async deleteRejected(upTo) {
      const gone = await db
        .delete(submissions)
        .where(and(eq(submissions.state, 'rejected'), lte(submissions.decidedAt, upTo)))
        .returning({ id: submissions.id })
      return gone.length
    },

    async earliestRejection() {
      const [earliest] = await db
        .select({ decidedAt: submissions.decidedAt })
        .from(submissions)
        .where(eq(submissions.state, 'rejected'))
        .orderBy(asc(submissions.decidedAt))
        .limit(1)
      return earliest?.decidedAt?.toISOString() ?? null
    },

    async submissionPhotosInUse() {
      const rows = await db.select({ photos: submissions.photos }).from(submissions)
      return new Set(rows.flatMap(({ photos }) => photos.map(({ blob }) => blob)))
    },
  }
}

function recordOf({ at, decidedAt, ...row }: typeof submissions.$inferSelect): SubmissionRecord {
  return { ...row, at: at.toISOString(), decidedAt: decidedAt?.toISOString() ?? null }
}

function dateOf(time: string | null): Date | null {
  return time === null ? null : new Date(time)
}
