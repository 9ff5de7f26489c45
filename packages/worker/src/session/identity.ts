/** Port: where a worker keeps who it is, so that a reconnect (or a reloaded page) is the same worker to the coordinator. */
import type { JoinRequest } from '@worldflora/protocol/messages'

export type Identity = NonNullable<JoinRequest['identity']>

export type IdentityStore = {
  load(): Identity | null
  save(identity: Identity): void
}

/** For a host whose worker lives as long as its process. */
export function identityInMemory(): IdentityStore {
  let held: Identity | null = null
  return {
    load: () => held,
    save: (identity) => {
      held = identity
    },
  }
}
