import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRow, withoutGuard } from '../src/csv-row.ts'

describe('HI4, FB6: a cell', () => {
  it.each([
    ['@zoe', "'@zoe"],
    ['x;=1+1;y', "x;'=1+1;y"],
    ['x; -1', "x;' -1"],
    ['\uff1d1+1', "'\uff1d1+1"],
    ["'=1", "''=1"],
    ['Anne-Marie + co', 'Anne-Marie + co'],
    ["O'Neill; Ann", "O'Neill; Ann"],
  ])(
    'that a spreadsheet would compute, whole or behind a semicolon, has an apostrophe there: %j',
    (text, cell) => {
      expect(csvRow([text, 'b'])).toBe(`${cell},b\r\n`)
    },
  )

  it('is what it was without that apostrophe, whatever it was', () => {
    const text = fc
      .array(fc.constantFrom(...'=+-@;\' "\t\n\uff1da|,'), { maxLength: 12 })
      .map((signs) => signs.join(''))
    fc.assert(
      fc.property(text, (given) => {
        const row = csvRow([given]).slice(0, -2)
        const cell = row.startsWith('"') ? row.slice(1, -1).replaceAll('""', '"') : row
        expect(cell).not.toMatch(/(?:^|[;\t\r\n])[ "]*[=+\-@\uff1d]/)
        expect(withoutGuard(cell)).toBe(given)
      }),
    )
  })
})
