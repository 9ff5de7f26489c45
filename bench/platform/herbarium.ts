/** A drawn flora on a coordinator, drawn once: whoever asks again under its name finds it there. */
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { drawHerbarium, type HerbariumRequest } from '@worldflora/dataset/herbarium'
import { accept } from './accept.ts'

export async function ensureHerbarium(
  client: OperatorClient,
  request: Omit<HerbariumRequest, 'writeShard' | 'onProgress'>,
  say: (line: string) => void,
): Promise<{ train: number; val: number; test: number }> {
  const known = accept(await client.floras()).find(({ name }) => name === request.name)
  if (known !== undefined) return known.photos
  const { manifest } = accept(
    await drawHerbarium({
      ...request,
      writeShard: async (hash, bytes) => void accept(await client.putBlob(hash, bytes)),
      onProgress: ({ done, total }) => {
        if (done % 2500 === 0) say(`drawing ${request.name}: ${done} of ${total} pictures`)
      },
    }),
  )
  return accept(await client.putFlora(manifest)).photos
}
