/** In which words an answer is given. */
import type { Species } from '@worldflora/protocol/http'
import { describe, expect, it } from 'vitest'
import { type Answer, bestGenus, isGenusAnswer, isUnsure, surenessOf } from '../src/identify/answer.ts'
import { type PlantPhoto, takePhotos } from '../src/identify/plant-photos.ts'

const oak = (id: string): Species => ({ id, scientificName: `Quercus ${id}`, genus: 'Quercus' })
const species = [oak('robur'), oak('petraea'), { id: 'x', scientificName: 'Acer campestre', genus: 'Acer' }]

function answerOf(scores: number[]): Answer {
  const candidates = scores
    .map((score, i) => ({ species: species[i]!, score }))
    .sort((a, b) => b.score - a.score)
  return { candidates, genus: bestGenus(species, Float32Array.from(scores)), milliseconds: 1 }
}

describe('an answer', () => {
  it('says the genus where only the genus is sure', () => {
    expect(isGenusAnswer(answerOf([0.45, 0.4, 0.15]))).toBe(true)
    expect(isGenusAnswer(answerOf([0.9, 0.05, 0.05]))).toBe(false)
    expect(isGenusAnswer(answerOf([0.3, 0.2, 0.5]))).toBe(false)
  })

  it('is no answer where nothing is likely', () => {
    expect(isUnsure(answerOf([0.1, 0.1, 0.1]))).toBe(true)
    expect(isUnsure(answerOf([0.2, 0.1, 0.1]))).toBe(false)
  })

  it('says a score in a word', () => {
    expect([0.95, 0.6, 0.2, 0.01].map(surenessOf)).toEqual(['very likely', 'likely', 'possible', 'unlikely'])
  })

  it('has no genus where no species names its own', () => {
    expect(bestGenus([{ id: 'a', scientificName: 'A' }], Float32Array.of(1))).toBeNull()
  })
})

describe('photos of a plant', () => {
  const make = (file: File): PlantPhoto => ({ id: 1, file, url: file.name })
  const files = (count: number) => Array.from({ length: count }, (_, i) => new File([], `${i}.jpg`))

  it('are five at most, and it is said how many were left out', () => {
    expect(takePhotos([], files(5), make)).toMatchObject({ fault: null })
    const taken = takePhotos(files(3).map(make), files(4), make)
    expect(taken.photos).toHaveLength(5)
    expect(taken.fault).toMatch(/^2 photos were left out/)
  })
})
