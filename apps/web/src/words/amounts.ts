/** Numbers as people read them: with units, and no more digits than are true. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const asGiven = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
/** A figure and its unit stay on one line. */
const SPACE = '\u00a0'

export function count(amount: number): string {
  return whole.format(amount)
}

/** A setting as somebody gave it: 0.05, 0.0005, 1. */
export function figure(amount: number): string {
  return asGiven.format(amount)
}

/** `count(1, 'photo')` is "1 photo". */
export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)}${SPACE}${amount === 1 ? one : many}`
}

/** Two digits where it matters: 0.4 %, 62 %, and never 100 % of what is not whole. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 1) return `${value.toFixed(1)}${SPACE}%`
  return `${Math.round(share < 1 ? Math.min(value, 99) : 100)}${SPACE}%`
}

/** The bare figure of a pace, for where the unit stands beside it. */
export function perSecond(pace: number): string {
  return pace >= 10 ? count(pace) : pace.toFixed(pace >= 1 ? 1 : 2)
}

export function rate(pace: number, unit: string): string {
  return `${perSecond(pace)}${SPACE}${unit}/s`
}

export function bytes(amount: number): string {
  if (amount < 999.5) return `${count(amount)}${SPACE}B`
  if (amount < 1e6) return `${count(amount / 1e3)}${SPACE}kB`
  if (amount < 1e9) return `${(amount / 1e6).toFixed(amount < 1e7 ? 1 : 0)}${SPACE}MB`
  return `${(amount / 1e9).toFixed(1)}${SPACE}GB`
}

/** As it would be said: "less than a minute", "about 3 minutes", "about 2 hours", "about 4 days". */
export function duration(seconds: number): string {
  if (seconds < 50) return 'less than a minute'
  const minutes = seconds / 60
  if (minutes < 55) return `about ${counted(Math.round(minutes), 'minute')}`
  if (minutes < 36 * 60) return `about ${counted(Math.round(minutes / 60), 'hour')}`
  return `about ${counted(Math.round(minutes / 1440), 'day')}`
}

/** "0.3 ms", "12 ms", "1.4 s". */
export function milliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)}${SPACE}s`
  return `${ms >= 10 ? count(ms) : ms.toFixed(1)}${SPACE}ms`
}

/** "16:40" today, with the day otherwise. */
export function timeOfDay(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const time = at.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' })
  if (at.toDateString() === new Date(nowMs).toDateString()) return time
  return `${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`
}
