/** What is said of several submissions that are rejected together. */
import type { Submission } from '@worldflora/protocol/submissions'
import { count, counted } from '../words/amounts.ts'

const NAMES_SAID = 3

const inEnglish = new Intl.ListFormat('en')

/** By what they are known before they go: "31 photos by Ann, Zoë, Max, and 4 others". */
export function givenWords(submissions: readonly Pick<Submission, 'photos' | 'author'>[]): string {
  const photos = submissions.reduce((sum, one) => sum + one.photos.length, 0)
  const authors = [...new Set(submissions.map(({ author }) => author))]
  const others = authors.length - NAMES_SAID
  const said = others > 1 ? [...authors.slice(0, NAMES_SAID), `${count(others)} others`] : authors
  return `${counted(photos, 'photo')} by ${inEnglish.format(said)}`
}

export function rejectedWords(asked: number, rejected: number): string {
  if (rejected === 0) return 'Nothing is rejected: all of them had been decided meanwhile.'
  const are = `${counted(rejected, 'submission')} ${rejected === 1 ? 'is' : 'are'} rejected.`
  const left = asked - rejected
  return left === 0
    ? are
    : `${are} ${count(left)} had been decided meanwhile, and ${left === 1 ? 'stays' : 'stay'} so.`
}

export function waitingAgainWords(waiting: number): string {
  return waiting === 1 ? 'One submission waits again.' : `${counted(waiting, 'submission')} wait again.`
}
