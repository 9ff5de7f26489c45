/** Numbers as people read them, in a page's language: with units, and no more digits than are true. */

export type Amounts = {
  count(amount: number): string
  /** Two digits where it matters: 0.4 %, 62 %, and never 100 % of what is not whole. */
  percent(share: number): string
  bytes(amount: number): string
  /** The bare figure of a pace. */
  perSecond(pace: number): string
}

const made = new Map<string, Amounts>()

/** `locale` as Intl knows it. */
export function amountsIn(locale: string): Amounts {
  const before = made.get(locale)
  if (before !== undefined) return before
  const amounts = make(locale)
  made.set(locale, amounts)
  return amounts
}

function make(locale: string): Amounts {
  const number = (value: number, digits: number, options: Intl.NumberFormatOptions = {}) =>
    joined(
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        ...options,
      }).format(value),
    )
  // Arabic's short units are letters that few know.
  const unitDisplay = locale.startsWith('ar') ? 'long' : 'short'
  const size = (value: number, digits: number, unit: string) =>
    number(value, digits, { style: 'unit', unit, unitDisplay })

  return {
    count: (amount) => number(amount, 0),
    percent(share) {
      const isSmall = share > 0 && share < 0.01
      const shown = isSmall || share >= 1 ? Math.min(share, 1) : Math.min(share, 0.99)
      const words = number(shown, isSmall ? 1 : 0, { style: 'percent' })
      return locale === 'en' ? words.replace('%', '\u00a0%') : words
    },
    bytes(amount) {
      if (amount < 1e6) return size(amount / 1e3, 0, 'kilobyte')
      if (amount < 1e9) return size(amount / 1e6, amount < 1e7 ? 1 : 0, 'megabyte')
      return size(amount / 1e9, 1, 'gigabyte')
    },
    perSecond: (pace) => number(pace, pace >= 10 ? 0 : pace >= 1 ? 1 : 2),
  }
}

/** A figure and its unit stay on one line. */
function joined(words: string): string {
  return words.replaceAll(' ', '\u00a0')
}
