/** Numbers, names and states as people read them. */
import type { RunStatus } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { bytes, counted, duration, milliseconds, percent, rate } from '../src/words/amounts.ts'
import { expectedEndMs, runSentence, sentenceOf } from '../src/words/run-sentence.ts'
import { partsOf } from '../src/words/scientific-name.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('amounts', () => {
  it('are never rounded to certainty', () => {
    expect([0, 0.004, 0.62, 0.999, 1].map(percent).map(plain)).toEqual([
      '0 %',
      '0.4 %',
      '62 %',
      '99 %',
      '100 %',
    ])
  })

  it('have units and honest digits', () => {
    expect(plain(rate(1910.4, 'images'))).toBe('1,910 images/s')
    expect(plain(rate(0.256, 'steps'))).toBe('0.26 steps/s')
    expect(plain(counted(1, 'photo'))).toBe('1 photo')
    expect(plain(counted(1240, 'photo'))).toBe('1,240 photos')
    expect([155.08, 999, 4100, 4_120_000, 2.5e9].map(bytes).map(plain)).toEqual([
      '155 B',
      '999 B',
      '4 kB',
      '4.1 MB',
      '2.5 GB',
    ])
  })

  it('of milliseconds have the digits that can be seen', () => {
    expect([0.34, 12.4, 1400].map(milliseconds).map(plain)).toEqual(['0.3 ms', '12 ms', '1.4 s'])
  })

  it('of time are as people say them', () => {
    expect([20, 180, 7200, 5 * 86_400].map(duration).map(plain)).toEqual([
      'less than a minute',
      'about 3 minutes',
      'about 2 hours',
      'about 5 days',
    ])
  })
})

describe('scientific names', () => {
  const marked = (name: string) =>
    partsOf(name)
      .map(({ text, italic }) => (italic ? `<${text}>` : text))
      .join(' ')

  it.each([
    ['Quercus robur L.', '<Quercus robur> L.'],
    ['Quercus robur', '<Quercus robur>'],
    ['Anemone nemorosa (L.) Mill.', '<Anemone nemorosa> (L.) Mill.'],
    ['Pinus nigra subsp. laricio Maire', '<Pinus nigra> subsp. <laricio> Maire'],
    ['Pinus nigra J.F.Arnold subsp. laricio Maire', '<Pinus nigra> J.F.Arnold subsp. <laricio> Maire'],
    ['Mentha × piperita L.', '<Mentha> × <piperita> L.'],
    ['Hypericum perforatum L. f.', '<Hypericum perforatum> L. f.'],
    ['Carex sp.', '<Carex> sp.'],
  ])('%s', (name, expected) => expect(marked(name)).toBe(expected))
})

describe('a run’s sentence', () => {
  const run = {
    state: 'running',
    step: 400,
    steps: 1200,
    imagesPerSecond: 1910,
    stepsPerSecond: 2,
    evaluation: null,
    measured: false,
  } as RunStatus

  it('says when it will be done, from its pace', () => {
    expect(expectedEndMs(run, 1000)).toBe(401_000)
    expect(expectedEndMs({ ...run, stepsPerSecond: 0 }, 1000)).toBeNull()
    expect(plain(runSentence(run, 38, 0))).toMatch(
      /^Step 400 of 1,200, 38 workers, 1,910 images\/s, done at about .+\.$/,
    )
  })

  it('promises no end while nobody works', () => {
    expect(plain(runSentence(run, 0, 0))).toBe('Step 400 of 1,200, no workers now.')
  })

  it('says why a run is paused', () => {
    const paused: RunStatus = { ...run, state: 'paused', reason: 'three workers failed on task 4.' }
    expect(runSentence(paused, 3, 0)).toBe('Paused at step 400 of 1,200: three workers failed on task 4.')
    expect(sentenceOf('the operator paused it')).toBe('The operator paused it.')
    expect(sentenceOf('Step 3: it diverges.')).toBe('Step 3: it diverges.')
  })
})
