/** Numbers as the dashboard says them: in English, with units, and no more digits than are true. */
import { amountsIn } from '../languages/amounts.ts'

const english = amountsIn('en')
/** `percent`: two digits where it matters. `perSecond`: the bare figure of a pace, for where the unit stands beside it. */
export const { count, percent, perSecond } = english

const asGiven = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
/** A figure and its unit stay on one line. */
const SPACE = '\u00a0'

/** A setting as somebody gave it: 0.05, 0.0005, 1. */
export function figure(amount: number): string {
  return asGiven.format(amount)
}

/** `count(1, 'photo')` is "1 photo". */
export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)}${SPACE}${amount === 1 ? one : many}`
}

export function rate(pace: number, unit: string): string {
  return `${perSecond(pace)}${SPACE}${unit}/s`
}

export function bytes(amount: number): string {
  if (amount < 999.5) return `${count(amount)}${SPACE}B`
  return english.bytes(amount)
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
