/** Somebody who gives photos to a site of this process, and never has sent all. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { sendPiece } from '../send-piece.ts'

let senders = 0

type SlowSender = { sendPiece(): Promise<void>; answer: Promise<Response> }

/** Resolves when the site hears the body. */
export async function slowSender(site: { url: string }): Promise<SlowSender> {
  const contentType = `multipart/form-data; boundary=slow-${++senders}`
  const heard = heardRequest(contentType)
  const outgoing = request(`${site.url}/api/submissions`, {
    method: 'POST',
    headers: { 'content-type': contentType, 'content-length': 8 << 20, 'sec-fetch-site': 'same-origin' },
  })
  outgoing.flushHeaders()
  const answer = answerTo(outgoing)
  const incoming = await heard
  return { answer, sendPiece: () => sendPiece(outgoing, incoming) }
}

function answerTo(outgoing: ClientRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      text(response).then((body) => resolve(new Response(body, { status: response.statusCode! })), reject)
    })
  })
}

function heardRequest(contentType: string): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    const onStart = (message: unknown) => {
      const { request } = message as { request: IncomingMessage }
      if (request.headers['content-type'] !== contentType) return
      unsubscribe('http.server.request.start', onStart)
      request.on('newListener', (event) => event === 'data' && resolve(request))
    }
    subscribe('http.server.request.start', onStart)
  })
}
