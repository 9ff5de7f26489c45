import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { isRejection, parseOrReject, reject } from '../src/rejection.ts'

const Photo = v.strictObject({ species: v.number(), tags: v.array(v.object({ organ: v.string() })) })

describe('IN1: a foreign value', () => {
  it('is returned as it was parsed', () => {
    const photo = { species: 3, tags: [{ organ: 'leaf' }] }
    expect(parseOrReject(Photo, photo, 'the photo')).toEqual(photo)
  })

  it('is rejected with the path of every field that is wrong', () => {
    const rejection = parseOrReject(
      Photo,
      { species: 'oak', tags: [{ organ: 'leaf' }, { organ: 1 }] },
      'the photo',
    )
    expect(isRejection(rejection) && rejection.message).toMatch(
      /the photo is not valid: species: .*tags\.1\.organ: /,
    )
  })

  it.each([undefined, null, 'text', 7, []])('%j is rejected, not thrown at', (value) => {
    expect(parseOrReject(Photo, value, 'the photo')).toMatchObject({ kind: 'rejection', code: 'invalid' })
  })
})

it('a rejection is told from any other value', () => {
  expect(isRejection(reject('full', 'It is full.', 'Come back later.'))).toBe(true)
  expect([null, undefined, 'rejection', { kind: 'joined' }, []].some(isRejection)).toBe(false)
})
