/** What the rows of a table say of a species' danger, when they do not agree: places are kept as the greatest of them asks (PL1). */
import { COARSE_DEGREES, squareDegreesOf } from '@worldflora/protocol/places'

/** Extinct, critically endangered, endangered, vulnerable; as letters or words. */
const THREATENED = [/^E[XW]/i, /^CR/i, /^EN/i, /^VU/i]
const UNTHREATENED = [/^(NT|NEAR|LR.?(NT|CD))/i, /^(LC|LEAST|LR.?LC)/i]

export function moreThreatened(one: string, other: string): string {
  return placeOf(other) < placeOf(one) ? other : one
}

/** The smaller, the more threatened. What nobody knows stands between the threatened and the others. */
function placeOf(category: string): number {
  const isFine = squareDegreesOf({ iucnCategory: category }) < COARSE_DEGREES
  const words = isFine ? UNTHREATENED : THREATENED
  const place = words.findIndex((word) => word.test(category.trim()))
  return (isFine ? THREATENED.length + 1 : 0) + (place === -1 ? words.length : place)
}
