/** How a species is presented: its names, where else it stands, and photos to compare with. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonNameOf, commonNamesOf } from '../src/identify/common-name.ts'
import { organGroupsOf, type ReferencePhoto } from '../src/identify/species/organ-groups.ts'
import { gbifAddressOf, powoAddressOf } from '../src/identify/species/species-links.ts'

describe('common names', () => {
  const oak = {
    commonName: 'Eik',
    commonNames: {
      en: ['oak', 'pedunculate oak'],
      pt: ['carvalho'],
      'pt-br': ['carvalho', 'carvalho-vermelho'],
    },
  }

  it('NM2: are in the page’s language and its varieties, each once; else as the importer gave one; else English', () => {
    expect(commonNamesOf(oak, 'pt')).toEqual({ language: 'pt', names: ['carvalho', 'carvalho-vermelho'] })
    expect(commonNamesOf(oak, 'en')).toEqual({ language: 'en', names: ['oak', 'pedunculate oak'] })
    expect(commonNamesOf(oak, 'ja')).toEqual({ language: null, names: ['Eik'] })
    const { commonNames } = oak
    expect(commonNamesOf({ commonNames }, 'ja')).toEqual({ language: 'en', names: commonNames.en })
    expect(commonNameOf({ commonNames: { pt: [] } }, 'pt')).toBeUndefined()
  })

  it('NM2: one language is not taken for another that begins alike', () => {
    expect(commonNameOf({ commonNames: { fro: ['chesne'], 'fr-ca': ['chêne'] } }, 'fr')).toBe('chêne')
    expect(commonNameOf({ commonNames: { fro: ['chesne'] } }, 'fr')).toBeUndefined()
  })
})

describe('a link to a catalogue', () => {
  it('NM2: is made of an id that can be one', () => {
    expect(gbifAddressOf({ gbifId: '3117424' })).toBe('https://www.gbif.org/species/3117424')
    for (const powoId of ['184306-2', 'urn:lsid:ipni.org:names:184306-2']) {
      expect(powoAddressOf({ powoId })).toBe(`https://powo.science.kew.org/taxon/${powoId}`)
    }
    expect([gbifAddressOf({}), powoAddressOf({})]).toEqual([null, null])
    fc.assert(
      fc.property(fc.string(), (id) => {
        for (const address of [gbifAddressOf({ gbifId: id }), powoAddressOf({ powoId: id })]) {
          if (address !== null) expect(new URL(address).href).toBe(address)
        }
      }),
    )
    for (const id of ['../x', 'javascript:alert(1)', '1?q=2', '1#x', '1/2', ' ']) {
      expect([gbifAddressOf({ gbifId: id }), powoAddressOf({ powoId: id })]).toEqual([null, null])
    }
  })
})

describe('reference photos', () => {
  it('NM1: are shown by part, the parts of one’s own photos first, and none is left out', () => {
    const photo = (organ: string | null, sample: number) => ({ organ, sample }) as ReferencePhoto
    const photos = ['leaf', 'Flower ', 'bark', 'scan', null, 'leaf'].map(photo)
    const shown = organGroupsOf(photos, [null, 'bark', 'bark']).map(({ organ, photos: own }) => [
      organ,
      own.map(({ sample }) => sample),
    ])
    expect(shown).toEqual([
      ['bark', [2]],
      ['leaf', [0, 5]],
      ['flower', [1]],
      [null, [3, 4]],
    ])
  })
})
