/** A piece of a body, as much as an upload has to have of one in every 20 s. Resolves when all of it has come to whoever hears the body. */
import type { ClientRequest, IncomingMessage } from 'node:http'

export const PIECE_BYTES = 65_536

export function sendPiece(outgoing: ClientRequest, incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let come = 0
    const onData = (chunk: Uint8Array) => {
      come += chunk.byteLength
      if (come < PIECE_BYTES) return
      incoming.off('data', onData)
      resolve()
    }
    incoming.on('data', onData)
    outgoing.write(new Uint8Array(PIECE_BYTES))
  })
}
