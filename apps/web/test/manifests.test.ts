/** What a phone is told when the page is put on its home screen, in each language. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPngSize } from '../src/identify/photo/png-size.ts'
import { LANGUAGES, pathIn } from '../src/languages/languages.ts'
import { readTexts } from './texts/messages.ts'

const published = (path: string) => readFileSync(new URL(`../public${path}`, import.meta.url))

type Icon = { src: string; sizes: string; type: string; purpose: string }
type Manifest = { [field: string]: unknown; icons: Icon[] }

const manifestIn = (code: string): Manifest =>
  JSON.parse(published(`/manifests/${code}.webmanifest`).toString('utf8'))

describe('the manifest', () => {
  const texts = readTexts()

  it.each(LANGUAGES)(
    'in $code opens the page in that language, and is the same app',
    ({ code, tag, dir }) => {
      const { icons, ...manifest } = manifestIn(code)
      expect(manifest).toEqual({
        ...manifestIn('en'),
        icons: undefined,
        id: '/identify',
        lang: tag,
        dir,
        start_url: pathIn(code, '/identify'),
        scope: '/',
        description: texts.get(code)!.get('frame.description'),
      })
      expect(icons).toEqual(manifestIn('en').icons)
    },
  )

  it('has icons of the sizes that it says, one of which may be cut round', () => {
    const { icons } = manifestIn('en')
    for (const { src, sizes } of icons.filter(({ type }) => type === 'image/png')) {
      const { width, height } = readPngSize(published(src))!
      expect(`${width}x${height}`, src).toBe(sizes)
    }
    expect(icons.map(({ purpose }) => purpose)).toContain('maskable')
    expect(readPngSize(published('/apple-touch-icon.png'))).toEqual({ width: 180, height: 180 })
  })
})
