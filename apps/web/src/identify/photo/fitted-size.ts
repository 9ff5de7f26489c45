/** How large a picture becomes that is made smaller. */

/** More than any model looks at, and small enough to open at once. */
export const LONGEST_SIDE = 2048

export type Size = { width: number; height: number }

/** The largest size of the same shape with no side above `most`; never larger than it was. */
export function fitted({ width, height }: Size, most = LONGEST_SIDE): Size {
  const scale = Math.min(1, most / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
