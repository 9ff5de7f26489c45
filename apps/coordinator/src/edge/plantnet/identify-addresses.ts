/**
 * An identification whose photos come by their addresses. The server goes where a stranger sends it, so it goes only to hosts that the
 * operator has named, follows nobody from there to another, and takes no more bytes than a form may have.
 */
import {
  type AskedOrgan,
  type AskedPhoto,
  askedPhotos,
  faultOfCount,
  faultOfOrgans,
  MOST_IMAGE_BYTES,
  tooLarge,
} from './asked-photos.ts'
import { type Fault, fault, isFault } from './faults.ts'

const LIMIT_MS = 20_000

/** `hosts`: as in an address, with the port where it is not the usual one. */
export async function fetchPhotos(
  addresses: readonly string[],
  organs: readonly AskedOrgan[],
  hosts: readonly string[],
  onFetch: () => void,
): Promise<AskedPhoto[] | Fault> {
  const wrong =
    faultOfCount(addresses.length, 'name one to five in “images”') ??
    faultOfOrgans(organs.length, addresses.length)
  if (wrong !== null) return wrong
  const places = addresses.map((address) => placeOf(address, hosts))
  const elsewhere = places.find(isFault)
  if (elsewhere !== undefined) return elsewhere
  onFetch()
  const images: { bytes: Buffer; filename: string }[] = []
  const signal = AbortSignal.timeout(LIMIT_MS)
  let left = MOST_IMAGE_BYTES
  for (const place of places as URL[]) {
    const bytes = await fetchImage(place, left, signal)
    if (isFault(bytes)) return bytes
    left -= bytes.length
    images.push({ bytes, filename: place.pathname.split('/').at(-1) ?? '' })
  }
  return askedPhotos(images, organs)
}

function placeOf(address: string, hosts: readonly string[]): URL | Fault {
  const place = URL.canParse(address) ? new URL(address) : null
  if (place === null || !['http:', 'https:'].includes(place.protocol) || place.username + place.password) {
    return fault(400, 'An image’s address has to begin with https:// or http://, without a name or password.')
  }
  if (hosts.includes(place.host)) return place
  return fault(403, `Images are not fetched from ${place.host} here: send them in a POST.`)
}

async function fetchImage(place: URL, most: number, signal: AbortSignal): Promise<Buffer | Fault> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    const response = await fetch(place, {
      signal,
      redirect: 'manual',
      headers: { accept: 'image/jpeg, image/png' },
    })
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      return fault(400, `The image could not be fetched: ${place.host} answered ${response.status}.`)
    }
    for await (const chunk of response.body) {
      length += chunk.length
      // Leaving the loop ends the download.
      if (length > most) return tooLarge()
      chunks.push(chunk)
    }
  } catch {
    const why = signal.aborted ? 'is too slow' : 'cannot be reached'
    return fault(400, `The image could not be fetched: ${place.host} ${why}.`)
  }
  return Buffer.concat(chunks)
}
