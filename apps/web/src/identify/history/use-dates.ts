/** When a plant was named, as the page's language writes it. */
import { useMemo } from 'react'
import { useLocale } from 'use-intl/react'

export type Dates = { day(timeMs: number): string; moment(timeMs: number): string }

/** In the browser's time zone: only for what is not rendered by the build. */
export function useDates(): Dates {
  const locale = useLocale()
  return useMemo(() => {
    const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
    const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })
    return { day: (timeMs) => day.format(timeMs), moment: (timeMs) => moment.format(timeMs) }
  }, [locale])
}
