/** The store in PGlite: Postgres inside this process, nothing to install. One process at a time; the data folder's lock sees to it. */
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asc } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { apiKeysOn } from './api-keys.pglite.ts'
import { blobsInUseOn } from './blobs-in-use.pglite.ts'
import { checkpointsOn } from './checkpoints.pglite.ts'
import { eventsOn } from './events.pglite.ts'
import { modelsOn } from './models.pglite.ts'
import { MortalPglite } from './mortal-pglite.ts'
import { operatorSessionsOn } from './operator-sessions.pglite.ts'
import { ordersOn } from './orders.pglite.ts'
import { reopeningStore } from './reopening-store.ts'
import { runsOn } from './runs.pglite.ts'
import { floras } from './schema.ts'
import { stepsOn } from './steps.pglite.ts'
import type { Store } from './store.ts'
import { submissionsOn } from './submissions.pglite.ts'

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url))

/** `folder` null: in memory. Brings an older database up to this version. */
export function openPgliteStore(folder: string | null): Promise<Store> {
  return reopeningStore({
    checkRoom: async () => {
      if (folder !== null) await checkRoom(folder)
    },
    async open() {
      const client = await MortalPglite.open(folder)
      const db = drizzle({ client })
      await migrate(db, { migrationsFolder: MIGRATIONS })
      return { store: storeOn(db, client), isLost: () => client.isLost }
    },
  })
}

/** Postgres's log grows by files of 16 MB, and it cannot even be opened without room for one. */
const ROOM_TO_OPEN_BYTES = 17 << 20
const PIECE_BYTES = 1 << 20

/** By writing so much: a quota, or rights that are lacking, are no part of what a disk says of itself. */
async function checkRoom(folder: string): Promise<void> {
  // Where there is no folder yet it is the caller's to be made.
  if ((await stat(folder).catch(() => null)) === null) return
  const path = join(folder, 'room.check')
  try {
    const file = await open(path, 'w')
    try {
      const piece = Buffer.alloc(PIECE_BYTES)
      for (let left = ROOM_TO_OPEN_BYTES; left > 0; left -= PIECE_BYTES) await file.writeFile(piece)
    } finally {
      await file.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

function storeOn(db: ReturnType<typeof drizzle>, client: MortalPglite): Store {
  return {
    ...runsOn(db),
    ...stepsOn(db),
    ...checkpointsOn(db),
    ...ordersOn(db),
    ...blobsInUseOn(db),
    ...modelsOn(db),
    ...operatorSessionsOn(db),
    ...apiKeysOn(db),
    ...submissionsOn(db),
    ...eventsOn(db),

    listFloras: () =>
      db.select({ name: floras.name, hash: floras.hash }).from(floras).orderBy(asc(floras.name)),

    async putFlora(name, hash) {
      await db
        .insert(floras)
        .values({ name, hash })
        .onConflictDoUpdate({ target: floras.name, set: { hash, updatedAt: new Date() } })
    },

    close: () => client.close(),
  }
}
