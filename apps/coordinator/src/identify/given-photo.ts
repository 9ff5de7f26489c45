/**
 * FB3: a photo that a visitor gives, made fit to be kept: a whole JPEG, of a size as the page makes them, without anything but its picture.
 * It is decoded to the end, and what came beside the picture is cut away rather than refused: browsers write segments of their own into
 * what their canvas gives (Safari a small EXIF, some a colour profile), and who looks after a flora has no use for any of them.
 */
import { withoutMetadata } from '@worldflora/model/jpeg-segments'
import { decodeJpeg, hasTooManyScans, MOST_SCANS, readJpegSize, segmentsOf } from '@worldflora/model/photo'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { refuseSubmission, SUBMISSION_LIMITS } from '@worldflora/protocol/submissions'
import { hidesAnother } from './hidden-file.ts'

export type GivenPhoto = { jpeg: Uint8Array; width: number; height: number }

const SHORTEST_SIDE = 32

export function fitToKeep(bytes: Uint8Array): GivenPhoto | Rejection {
  if (hasTooManyScans(bytes)) return broken(`A photo has more than ${MOST_SCANS} scans.`)
  const jpeg = withoutMetadata(bytes)
  const size = jpeg === null ? null : readJpegSize(jpeg)
  if (jpeg === null || size === null) return broken()
  const { width, height } = size
  const isFit = Math.max(width, height) <= SUBMISSION_LIMITS.longerSide
  if (!isFit || Math.min(width, height) < SHORTEST_SIDE) {
    return refuseSubmission(
      'photo-size',
      `A photo of ${width} x ${height} pixels is not taken here.`,
      `Send one of ${SHORTEST_SIDE} to ${SUBMISSION_LIMITS.longerSide} pixels on each side.`,
    )
  }
  // What is hidden in the picture's own data, or in tables of it that nothing uses, survives the cut: the decoder sees the one.
  if (isRejection(decodeJpeg(jpeg, { strict: true }))) return broken()
  if (hidesAnother(tablesOf(jpeg))) return broken('A photo is something else besides.')
  return { jpeg, width, height }
}

/** What is in the file besides the data of its scans. */
function tablesOf(jpeg: Uint8Array): Uint8Array[] {
  return [...segmentsOf(jpeg)].map(({ start, end }) => jpeg.subarray(start, end))
}

function broken(why = 'A photo is no JPEG that can be opened.'): Rejection {
  return refuseSubmission('broken-photo', why, 'Save it as JPEG again, or send others.')
}
