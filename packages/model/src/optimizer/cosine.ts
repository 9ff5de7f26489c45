/** cos(pi x) for 0 <= x <= 1 from + - * / alone: Math.cos may differ in its last bit from engine to engine (SD3). */
export function cosineOfPi(x: number): number {
  if (x > 0.5) return -cosineOfPi(1 - x)
  const squared = Math.PI * x * (Math.PI * x)
  let term = 1
  let sum = 1
  // Taylor's series; on [0, pi/2] twelve terms are below one part in 10^16.
  for (let n = 2; n <= 24; n += 2) {
    term = (-term * squared) / (n * (n - 1))
    sum += term
  }
  return sum
}
