/** In which words an answer is given. */
import type { RollUp } from '@worldflora/protocol/calibration'
import type { Species } from '@worldflora/protocol/species'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  kinAnswer,
  shareOf,
  shortlistLength,
  surenessOf,
  verdictOf,
} from '../src/identify/answer.ts'
import { UNEDITED } from '../src/identify/editor/photo-edit.ts'
import { type PlantPhoto, takePhotos } from '../src/identify/plant-photos.ts'

const oak = (id: string): Species => ({ id, scientificName: `Quercus ${id}`, genus: 'Quercus' })
const species = [oak('robur'), oak('petraea'), { id: 'x', scientificName: 'Acer campestre', genus: 'Acer' }]

type Calibrated = { rollUp: RollUp | null; isPlant: boolean | null }

function answerOf(scores: number[], calibrated: Calibrated = { rollUp: null, isPlant: null }): Answer {
  const candidates = scores
    .map((score, i) => ({ species: species[i]!, score }))
    .sort((a, b) => b.score - a.score)
  const { rollUp, isPlant } = calibrated
  return {
    candidates,
    kin: kinAnswer(species, Float32Array.from(scores), rollUp),
    shortlist: shortlistLength(species, Float32Array.from(scores), rollUp),
    isPlant,
    organs: [null],
    milliseconds: 1,
  }
}

const kindOf = (scores: number[], calibrated?: Calibrated) => verdictOf(answerOf(scores, calibrated)).kind

describe('an answer', () => {
  it('says the genus where only the genus is sure', () => {
    expect(kindOf([0.45, 0.4, 0.15])).toBe('kin')
    expect(kindOf([0.9, 0.05, 0.05])).toBe('species')
    expect(kindOf([0.3, 0.2, 0.5])).toBe('species')
  })

  it('is no answer where nothing is likely', () => {
    expect(kindOf([0.1, 0.1, 0.1])).toBe('unknown')
    expect(kindOf([0.2, 0.1, 0.1])).toBe('species')
  })

  it('says a score in a word', () => {
    expect([0.95, 0.6, 0.2, 0.01].map(surenessOf)).toEqual(['very-likely', 'likely', 'possible', 'unlikely'])
  })

  it('has no score above 1, though sums in single precision end there', () => {
    const kin = kinAnswer(species, Float32Array.of(1, 1e-7, 0), {
      species: 2,
      genus: 0.5,
      family: null,
      shortlist: null,
    })
    expect(kin).toEqual({ rank: 'genus', name: 'Quercus', score: 1 })
    expect([shareOf(1.0000001), shareOf(0.3)]).toEqual([1, 0.3])
  })

  it('has no genus where no species names its own', () => {
    expect(kinAnswer([{ id: 'a', scientificName: 'A' }], Float32Array.of(1), null)).toBeNull()
  })

  it('CA2: names a genus from the score on that the model says, and no sooner', () => {
    const named = (genus: number | null) =>
      kindOf([0.45, 0.4, 0.15], {
        rollUp: { species: 0.9, genus, family: null, shortlist: null },
        isPlant: true,
      })
    expect([named(0.8), named(0.9), named(null)]).toEqual(['kin', 'species', 'species'])
  })

  it('CA2: names a family, or the few species that it is one of, where that is all that is sure', () => {
    const kindred = species.map((one) => ({
      ...one,
      family: one.genus === 'Quercus' ? 'Fagaceae' : 'Sapindaceae',
    }))
    const scores = Float32Array.of(0.1, 0.1, 0.08)
    const family = { species: 0.9, genus: null, family: 0.2, shortlist: 0.25 }
    expect(kinAnswer(kindred, scores, family)).toMatchObject({ rank: 'family', name: 'Fagaceae' })
    expect(shortlistLength(kindred, scores, family)).toBeNull()
    const few = { ...family, family: null }
    expect(kinAnswer(kindred, scores, few)).toBeNull()
    expect(shortlistLength(kindred, scores, few)).toBe(3)
    expect(shortlistLength(kindred, scores, { ...few, shortlist: 0.5 })).toBeNull()
    expect(kindOf([0.1, 0.1, 0.08], { rollUp: few, isPlant: true })).toBe('shortlist')
  })

  it('CA3: is no answer where the model sees no plant, however sure a species looks', () => {
    const rollUp = { species: 0.9, genus: 0.8, family: null, shortlist: null }
    expect(kindOf([0.45, 0.4, 0.15], { rollUp, isPlant: false })).toBe('no-plant')
  })
})

describe('photos of a plant', () => {
  const make = (file: File): PlantPhoto => ({
    id: 1,
    file,
    url: file.name,
    original: file,
    edit: UNEDITED,
    organ: null,
  })
  const files = (count: number) => Array.from({ length: count }, (_, i) => new File([], `${i}.jpg`))

  it('are five at most, and it is said how many were left out', () => {
    expect(takePhotos([], files(5), make)).toMatchObject({ left: 0 })
    const taken = takePhotos(files(3).map(make), files(4), make)
    expect(taken.photos).toHaveLength(5)
    expect(taken.left).toBe(2)
  })
})
