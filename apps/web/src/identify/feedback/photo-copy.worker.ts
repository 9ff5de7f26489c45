/** FB3: what leaves the device of a photo is its pixels, made a JPEG anew; what a browser writes beside them is cut away too. */
import { withoutMetadata } from '@worldflora/model/jpeg-segments'
import { SUBMISSION_LIMITS } from '@worldflora/protocol/submissions'
import { expose } from 'comlink'
import { jpegOfPixels } from '../photo/jpeg-of-pixels.ts'

/** The best that fits. */
const QUALITIES = [0.9, 0.8, 0.65, 0.45]

async function copyOf(photo: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  for (const quality of QUALITIES) {
    const jpeg = await jpegOfPixels(photo, { longerSide: SUBMISSION_LIMITS.longerSide, quality })
    const bare = jpeg === null ? null : withoutMetadata(jpeg)
    if (bare === null || bare.byteLength <= SUBMISSION_LIMITS.photoBytes) return bare
  }
  return null
}

const exposed = { copyOf }
export type PhotoCopyWorker = typeof exposed

expose(exposed)
