/**
 * An average of the weights over the steps (Polyak and Juditsky 1992), for evaluation: a <- d a + (1 - d) w after each step. It
 * falls off exponentially, d being the run's `ema`, but at most (1 + t) / (10 + t) at the t-th update, as TensorFlow's
 * ExponentialMovingAverage: so that a young average is not mostly of the random weights it began with. Running
 * statistics are averaged likewise.
 */
export type Average = {
  /** That went into it. */
  updates: number
  /** All of a checkpoint's. */
  values: Float32Array
}

export function beginAverage(weights: Float32Array): Average {
  return { updates: 0, values: weights.slice() }
}

/** d of the update after so many. */
export function averageDecay(ema: number, updatesBefore: number): number {
  const t = updatesBefore + 1
  return Math.min(ema, (1 + t) / (10 + t))
}

export type AverageWork = {
  decay: number
  /** After the step. */
  weights: Float32Array
  before: Float32Array
  /** Written; may be `before` itself. */
  after: Float32Array
  start: number
  end: number
}

export function averageRange({ decay, weights, before, after, start, end }: AverageWork): void {
  const rest = 1 - decay
  for (let i = start; i < end; i++) after[i] = decay * before[i]! + rest * weights[i]!
}

export function nextAverage(average: Average, weights: Float32Array, ema: number): Average {
  const after = new Float32Array(weights.length)
  const decay = averageDecay(ema, average.updates)
  averageRange({ decay, weights, before: average.values, after, start: 0, end: weights.length })
  return { updates: average.updates + 1, values: after }
}
