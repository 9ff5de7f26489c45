/** Turning and cutting a photo, without its pixels. */
import { describe, expect, it } from 'vitest'
import { refusalOf } from '../src/identify/camera/use-camera.ts'
import { cutOf, isUnedited, type PhotoEdit, turned, UNEDITED } from '../src/identify/editor/photo-edit.ts'
import { fitted } from '../src/identify/photo/fitted-size.ts'

const corner: PhotoEdit = { turns: 0, frame: { x: 0, y: 10, width: 20, height: 40 } }

describe('an edited photo', () => {
  it('keeps its frame around the same part when it is turned', () => {
    // What was at the left edge is at the top after a quarter to the right.
    expect(turned(corner, 'right')).toEqual({ turns: 1, frame: { x: 50, y: 0, width: 40, height: 20 } })
    expect(turned(corner, 'left')).toEqual({ turns: 3, frame: { x: 10, y: 80, width: 40, height: 20 } })
    expect(turned(turned(corner, 'right'), 'left')).toEqual(corner)
    const around = ['left', 'left', 'left', 'left'] as const
    expect(around.reduce<PhotoEdit>(turned, corner)).toEqual(corner)
  })

  it('is untouched only if all of it is used, upright', () => {
    expect(isUnedited(UNEDITED)).toBe(true)
    expect(isUnedited(turned(UNEDITED, 'left'))).toBe(false)
    expect(isUnedited(corner)).toBe(false)
  })

  it('is cut in pixels of the turned photo, and is at most 2048 px on the longer side', () => {
    const photo = { width: 4000, height: 3000 }
    expect(cutOf(photo, corner)).toEqual({
      from: { x: 0, y: 300, width: 800, height: 1200 },
      to: { width: 800, height: 1200 },
    })
    expect(cutOf(photo, turned(UNEDITED, 'right'))).toEqual({
      from: { x: 0, y: 0, width: 3000, height: 4000 },
      to: { width: 1536, height: 2048 },
    })
  })
})

it('a picture is made smaller, never larger, and never nothing', () => {
  expect(fitted({ width: 100, height: 50 })).toEqual({ width: 100, height: 50 })
  expect(fitted({ width: 10_000, height: 1 })).toEqual({ width: 2048, height: 1 })
})

it.each([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'none'],
  ['OverconstrainedError', 'none'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
])('a camera that answers %s is said to be: %s', (name, why) => {
  expect(refusalOf(new DOMException('', name))).toBe(why)
})
