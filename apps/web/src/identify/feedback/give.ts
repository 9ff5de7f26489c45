/** From photos on the page to the site's queue: copies of their pixels, one request, and every way in which it can end as a value. */
import type { Organ } from '@worldflora/protocol/calibration'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Statement } from '@worldflora/protocol/submissions'
import { outcomeOf } from './outcome.ts'
import { openPhotoCopier } from './photo-copier.ts'
import type { Giving } from './use-feedback.ts'

/** All that is ever sent: the consent says so. */
export type Gift = {
  photos: readonly { file: File; organ: Organ | null }[]
  statement: Omit<Statement, 'organs'>
}

type Tell = (stage: Giving) => void

export async function giveTo(
  address: string,
  { photos, statement }: Gift,
  tell: Tell,
  signal: AbortSignal,
): Promise<{ photos: number } | Rejection> {
  const form = new FormData()
  const organs = photos.map(({ organ }) => organ)
  form.append('statement', JSON.stringify({ ...statement, organs } satisfies Statement))
  const copier = openPhotoCopier()
  try {
    for (const [i, { file }] of photos.entries()) {
      tell({ kind: 'copying', done: i, total: photos.length })
      const copy = await copier.copyOf(file)
      if (signal.aborted) return stopped()
      if (copy === null) return noCopy()
      // Its name would say something of the device.
      form.append('photos', new Blob([copy], { type: 'image/jpeg' }), `photo-${i + 1}.jpg`)
    }
  } finally {
    copier.close()
  }
  return send(address, form, tell, signal)
}

/** By XMLHttpRequest: fetch does not tell how far a body is. */
function send(
  address: string,
  form: FormData,
  tell: Tell,
  signal: AbortSignal,
): Promise<{ photos: number } | Rejection> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    const end = (outcome: { photos: number } | Rejection) => {
      signal.removeEventListener('abort', stop)
      resolve(outcome)
    }
    signal.addEventListener('abort', stop)
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      tell({ kind: 'sending', share: total > 0 ? loaded / total : 0 }),
    )
    request.addEventListener('load', () => end(outcomeOf(request.status, request.responseText)))
    request.addEventListener('error', () => end(navigator.onLine ? unreachable() : offline()))
    request.addEventListener('abort', () => end(stopped()))
    tell({ kind: 'sending', share: 0 })
    request.open('POST', address)
    request.setRequestHeader('accept', 'application/json')
    request.send(form)
  })
}

function noCopy(): Rejection {
  return reject(
    'no-copy',
    'This browser cannot make a copy of a photo without what its file says besides, so nothing was sent.',
    'Update the browser, or use another one.',
  )
}

function offline(): Rejection {
  return reject(
    'offline',
    'There is no network, so nothing was sent.',
    'Send the photos when there is one again.',
  )
}

function unreachable(): Rejection {
  return reject('unreachable', 'The site does not answer.', 'Check the connection and try again.')
}

function stopped(): Rejection {
  return reject('stopped', 'You stopped it.', 'Send them again if you like.')
}
