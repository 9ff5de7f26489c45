/**
 * Minimises a smooth convex function: L-BFGS with backtracking (Nocedal and Wright 2006, algorithms 7.4 and 3.1). Pure: equal calls, equal
 * results.
 */
const MEMORY = 10
const SUFFICIENT_DECREASE = 1e-4
const MOST_HALVINGS = 20

export type Objective = (at: Float64Array, gradient: Float64Array) => number

/** Ends after so many iterations, or when a step gains less than `tolerance` of the value. Changes `at`, and returns it. */
export function minimise(
  objective: Objective,
  at: Float64Array,
  { iterations = 100, tolerance = 1e-6 } = {},
): Float64Array {
  const n = at.length
  let gradient = new Float64Array(n)
  let value = objective(at, gradient)
  const past: { move: Float64Array; change: Float64Array; scale: number }[] = []
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = directionOf(gradient, past)
    const slope = dot(direction, gradient)
    if (slope >= 0) break
    let length = past.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    const next = new Float64Array(n)
    const nextGradient = new Float64Array(n)
    let nextValue = Infinity
    for (let halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
      for (let i = 0; i < n; i++) next[i] = at[i]! + length * direction[i]!
      nextValue = objective(next, nextGradient)
      if (nextValue <= value + SUFFICIENT_DECREASE * length * slope) break
    }
    if (!(nextValue < value)) break
    const move = next.map((x, i) => x - at[i]!)
    const change = nextGradient.map((x, i) => x - gradient[i]!)
    const curvature = dot(move, change)
    if (curvature > 0) past.push({ move, change, scale: 1 / curvature })
    if (past.length > MEMORY) past.shift()
    const gain = value - nextValue
    at.set(next)
    gradient = nextGradient
    value = nextValue
    if (gain <= tolerance * Math.abs(value)) break
  }
  return at
}

/** Minus the gradient, times the inverse Hessian as far as the last steps have shown it. */
function directionOf(
  gradient: Float64Array,
  past: readonly { move: Float64Array; change: Float64Array; scale: number }[],
): Float64Array {
  const direction = gradient.map((x) => -x)
  const parts: number[] = []
  for (const { move, change, scale } of [...past].reverse()) {
    const part = scale * dot(move, direction)
    parts.push(part)
    add(direction, -part, change)
  }
  const last = past.at(-1)
  if (last !== undefined) {
    const unit = 1 / (last.scale * dot(last.change, last.change))
    for (let i = 0; i < direction.length; i++) direction[i]! *= unit
  }
  for (const { move, change, scale } of past) {
    add(direction, parts.pop()! - scale * dot(change, direction), move)
  }
  return direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function add(to: Float64Array, times: number, what: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += times * what[i]!
}
