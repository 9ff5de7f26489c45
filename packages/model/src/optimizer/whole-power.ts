/** base^exponent for a whole exponent >= 0 by squaring: products alone, whose bits no engine chooses (Math.pow's it may, SD3). */
export function wholePower(base: number, exponent: number): number {
  let power = 1
  let square = base
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= square
    square *= square
  }
  return power
}
