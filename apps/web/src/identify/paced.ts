/** As often as somebody can read it: each time it is told would cost the page more than the download. */
const PACE_MS = 100

/** Tells `tell` how far something has come: at once, then now and then, and when it is through. */
export function paced(tell: (done: number, total: number) => void): (done: number, total: number) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY
  return (done, total) => {
    const nowMs = performance.now()
    if (done < total && nowMs - toldAtMs < PACE_MS) return
    toldAtMs = nowMs
    tell(done, total)
  }
}
