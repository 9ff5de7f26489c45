/** `GET /api/status`: what everybody may see. */

import { PROTOCOL_VERSION } from '@worldflora/protocol/messages'
import type { Status } from '@worldflora/protocol/status'
import type { Site } from './site.ts'

/** Answers also while the database does not: that is when people look. */
export async function statusOfSite({ version, build, runs, roster, store, storage }: Site): Promise<Status> {
  const model = await store.latestModel().catch(() => null)
  const { trouble } = storage
  return {
    version,
    protocol: PROTOCOL_VERSION,
    build: build ?? '',
    workers: roster.connected,
    runs: runs.statuses(),
    model: model && {
      id: model.id,
      checkpoint: model.checkpoint,
      species: model.species.length,
      isCalibrated: model.calibration !== null,
    },
    ...(trouble === null ? {} : { trouble: { message: trouble.message, action: trouble.action } }),
  }
}
