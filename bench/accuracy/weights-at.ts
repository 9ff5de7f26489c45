/** A checkpoint's flat vector, brought from the coordinator. */
import type { OperatorClient } from '@worldflora/cli/operator-client'
import type { RunId } from '@worldflora/protocol/ids'
import { accept } from '../platform/accept.ts'

export async function weightsAt(client: OperatorClient, run: RunId, step: number): Promise<Float32Array> {
  const { bytes } = accept(await client.weights(run, step))
  const parts: Uint8Array[] = []
  for await (const piece of bytes) parts.push(piece)
  return new Float32Array(new Uint8Array(Buffer.concat(parts)).buffer)
}
