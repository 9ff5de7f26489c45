/** Names as programs are told them, whatever a flora's table had in which column. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { describe, expect, it } from 'vitest'
import { catalogueOf, speciesForm } from '../../../src/edge/plantnet/catalogue.ts'

describe('PN1: a scientific name and its author', () => {
  it.each([
    [{ scientificName: 'Bellis perennis', authorship: 'L.' }, 'Bellis perennis', 'L.'],
    [{ scientificName: 'Bellis perennis L.', authorship: 'L.' }, 'Bellis perennis', 'L.'],
    [{ scientificName: 'Bellis perennis L.' }, 'Bellis perennis', 'L.'],
    [{ scientificName: 'Acer ×coriaceum Bosc ex Tausch' }, 'Acer ×coriaceum', 'Bosc ex Tausch'],
    [{ scientificName: 'Abies alba (L.) Mill.' }, 'Abies alba', '(L.) Mill.'],
    [{ scientificName: 'Capsella bursa-pastoris' }, 'Capsella bursa-pastoris', ''],
    [{ scientificName: 'Rosa' }, 'Rosa', ''],
    [
      { scientificName: 'Pinus nigra J.F.Arnold subsp. laricio' },
      'Pinus nigra J.F.Arnold subsp. laricio',
      '',
    ],
    [
      { scientificName: 'Pinus nigra subsp. laricio Palib.', authorship: 'Palib.' },
      'Pinus nigra subsp. laricio',
      'Palib.',
    ],
  ])('are told apart: %j', (said, name, author) => {
    const species = { id: 'one', ...said }
    const model = { species: [species] } as Partial<PublishedModel> as PublishedModel
    const full = author === '' ? name : `${name} ${author}`
    expect(speciesForm(species, 'en')).toMatchObject({
      scientificNameWithoutAuthor: name,
      scientificNameAuthorship: author,
      scientificName: full,
    })
    for (const asked of [name, full]) expect(catalogueOf(model).find(asked)).toBe(species)
  })
})
