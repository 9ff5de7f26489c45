/** What was done to a photo: turned by quarters, then cut to a frame. Knows no pixels. */
import { fitted, type Size } from '../photo/fitted-size.ts'

/** In percent of the turned photo. */
export type Frame = { x: number; y: number; width: number; height: number }

export type QuarterTurns = 0 | 1 | 2 | 3

/** Turned to the right first; the frame is on what comes of that. */
export type PhotoEdit = { turns: QuarterTurns; frame: Frame }

export const WHOLE: Frame = { x: 0, y: 0, width: 100, height: 100 }
export const UNEDITED: PhotoEdit = { turns: 0, frame: WHOLE }

export function isWhole({ width, height }: Frame): boolean {
  return width > 99.9 && height > 99.9
}

export function isUnedited({ turns, frame }: PhotoEdit): boolean {
  return turns === 0 && isWhole(frame)
}

/** A quarter turn more. The frame stays around the same part of the plant. */
export function turned({ turns, frame }: PhotoEdit, way: 'left' | 'right'): PhotoEdit {
  const { x, y, width, height } = frame
  return way === 'right'
    ? { turns: quarters(turns + 1), frame: { x: 100 - y - height, y: x, width: height, height: width } }
    : { turns: quarters(turns - 1), frame: { x: y, y: 100 - x - width, width: height, height: width } }
}

/** The size of a photo once it is turned. */
export function turnedSize({ width, height }: Size, turns: QuarterTurns): Size {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width }
}

/** In pixels: the frame in the turned photo, and the size of the picture that is made of it. */
export function cutOf(photo: Size, { turns, frame }: PhotoEdit): { from: Frame; to: Size } {
  const { width, height } = turnedSize(photo, turns)
  const from = {
    x: (frame.x / 100) * width,
    y: (frame.y / 100) * height,
    width: Math.max(1, (frame.width / 100) * width),
    height: Math.max(1, (frame.height / 100) * height),
  }
  return { from, to: fitted(from) }
}

function quarters(turns: number): QuarterTurns {
  return (((turns % 4) + 4) % 4) as QuarterTurns
}
