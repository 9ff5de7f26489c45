/** Keys of programs and their use, in PGlite. */
import { and, asc, between, eq, isNull } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { apiKeys, apiUses } from './schema.ts'
import type { Store } from './store.ts'

type ApiKeyStore = Pick<Store, 'insertApiKey' | 'listApiKeys' | 'revokeApiKey' | 'setApiUse' | 'apiUsesOf'>

export function apiKeysOn(db: ReturnType<typeof drizzle>): ApiKeyStore {
  return {
    async insertApiKey({ createdAt, revokedAt, ...key }) {
      const ends = revokedAt === null ? null : new Date(revokedAt)
      await db.insert(apiKeys).values({ ...key, createdAt: new Date(createdAt), revokedAt: ends })
    },

    async listApiKeys() {
      const rows = await db.select().from(apiKeys).orderBy(asc(apiKeys.number))
      return rows.map(({ number: _, createdAt, revokedAt, ...key }) => ({
        ...key,
        createdAt: createdAt.toISOString(),
        revokedAt: revokedAt?.toISOString() ?? null,
      }))
    },

    async revokeApiKey(id, at) {
      await db
        .update(apiKeys)
        .set({ revokedAt: at })
        .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    },

    async setApiUse(keyId, { day, identifications }) {
      await db
        .insert(apiUses)
        .values({ keyId, day, identifications })
        .onConflictDoUpdate({ target: [apiUses.keyId, apiUses.day], set: { identifications } })
    },

    apiUsesOf: (keyId, from, to) =>
      db
        .select({ day: apiUses.day, identifications: apiUses.identifications })
        .from(apiUses)
        .where(and(eq(apiUses.keyId, keyId), between(apiUses.day, from, to)))
        .orderBy(asc(apiUses.day)),
  }
}
