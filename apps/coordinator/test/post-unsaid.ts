/** A large form that comes as its sender likes. */
import { request } from 'node:http'

/** Megabytes of a form whose length is not said; `most`: of memory, while they come; `isAllSent`: before the answer came. */
export function postUnsaid(address: string, megabytes: number) {
  return new Promise<{ status: number; most: number; isAllSent: boolean }>((resolve, fail) => {
    let most = 0
    const outgoing = request(address, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
    outgoing.on('response', (response) => {
      const isAllSent = outgoing.writableFinished
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode!, most, isAllSent }))
    })
    outgoing.on('error', fail)
    outgoing.write('--b\r\nContent-Disposition: form-data; name="images"; filename="a.jpg"\r\n\r\n')
    const piece = Buffer.alloc(1_000_000)
    const send = (left: number) => {
      most = Math.max(most, process.memoryUsage().arrayBuffers)
      if (left === 0) outgoing.end('\r\n--b--\r\n')
      else outgoing.write(piece, () => send(left - 1))
    }
    send(megabytes)
  })
}
