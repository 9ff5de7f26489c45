/** What becomes of photos that are sent, as values and in words. */
import { readFileSync } from 'node:fs'
import { reject } from '@worldflora/protocol/rejection'
import { SubmissionRefusal } from '@worldflora/protocol/submissions'
import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../src/identify/feedback/outcome.ts'
import { LANGUAGES } from '../src/languages/languages.ts'

/** The site's, and the page's own. */
const CODES = [
  ...SubmissionRefusal.options,
  'disk-full',
  'foreign-origin',
  'give-refused',
  'invalid',
  'no-copy',
  'not-writable',
  'offline',
  'stopped',
  'store-unavailable',
  'unreachable',
  'upload-broken',
  'upload-stalled',
  'upload-too-slow',
]

describe('FB4: whoever is refused', () => {
  it('is told so in their language, whatever the reason', () => {
    for (const { code } of LANGUAGES) {
      const { refusals } = JSON.parse(
        readFileSync(new URL(`../messages/${code}.json`, import.meta.url), 'utf8'),
      )
      for (const reason of CODES) {
        expect(refusals[reason], `${code} ${reason}`).toEqual({
          message: expect.any(String),
          action: expect.any(String),
        })
      }
    }
  })

  it('is told what the site says, and also what a proxy before it means', () => {
    const full = reject('queue-full', 'Full.', 'Wait.')
    expect(outcomeOf(507, JSON.stringify(full))).toEqual(full)
    expect(outcomeOf(201, '{"photos":2}')).toEqual({ photos: 2 })
    expect(outcomeOf(413, '<html>413 Request Entity Too Large</html>')).toMatchObject({
      code: 'photos-too-large',
    })
    expect(outcomeOf(429, 'slow down')).toMatchObject({ code: 'too-many-submissions' })
    expect(outcomeOf(502, '<html>Bad Gateway</html>')).toMatchObject({ code: 'give-refused' })
    expect(outcomeOf(500, JSON.stringify(reject('internal', 'A bug.', 'Its log says why.')))).toMatchObject({
      code: 'give-refused',
    })
    expect(outcomeOf(200, '<html>Log in to this network</html>')).toMatchObject({ code: 'invalid' })
  })
})
