/** Sessions of operators in PGlite. */
import { and, eq, gt, lte } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { operatorSessions } from './schema.ts'
import type { Store } from './store.ts'

type OperatorSessionStore = Pick<Store, 'insertSession' | 'hasSession' | 'deleteSession'>

export function operatorSessionsOn(db: ReturnType<typeof drizzle>): OperatorSessionStore {
  return {
    async insertSession(hash, now, expiresAt) {
      await db.transaction(async (tx) => {
        await tx.delete(operatorSessions).where(lte(operatorSessions.expiresAt, now))
        await tx.insert(operatorSessions).values({ hash, expiresAt })
      })
    },

    async hasSession(hash, now) {
      const rows = await db
        .select({ hash: operatorSessions.hash })
        .from(operatorSessions)
        .where(and(eq(operatorSessions.hash, hash), gt(operatorSessions.expiresAt, now)))
      return rows.length > 0
    },

    async deleteSession(hash) {
      await db.delete(operatorSessions).where(eq(operatorSessions.hash, hash))
    },
  }
}
