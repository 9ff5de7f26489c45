/** How fast a run has been over its last steps. */
const STEPS_COUNTED = 20

export type Pace = { imagesPerSecond: number; stepsPerSecond: number }

export function paceOf(steps: readonly { samples: number; seconds: number }[]): Pace {
  const last = steps.slice(-STEPS_COUNTED)
  const seconds = last.reduce((sum, step) => sum + step.seconds, 0)
  if (seconds === 0) return { imagesPerSecond: 0, stepsPerSecond: 0 }
  const samples = last.reduce((sum, step) => sum + step.samples, 0)
  return { imagesPerSecond: samples / seconds, stepsPerSecond: last.length / seconds }
}
