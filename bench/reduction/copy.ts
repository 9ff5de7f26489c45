/** The limit: what a processor does at most to a gradient, a plain copy of its single-precision values by one thread. */

/** Values per second, of buffers that no cache holds. */
export function copiedPerSecond(values = 25_600_000, forMs = 500): number {
  const from = new Float32Array(values).fill(1)
  const to = new Float32Array(values).fill(2)
  to.set(from)
  let copies = 0
  const startMs = performance.now()
  while (performance.now() - startMs < forMs) {
    to.set(from)
    copies++
  }
  return (copies * values * 1000) / (performance.now() - startMs)
}
