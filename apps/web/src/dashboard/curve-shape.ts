/** What a chart shows: values over steps or over time, how each series looks, and the whole in words. */

export type CurveSeries = {
  name: string
  look: 'pale' | 'strong' | 'points' | 'rings'
  values: (number | null)[]
}

export type CurveShape = {
  title: string
  /** The curve in words. */
  summary: string
  unit: 'plain' | 'share' | 'ms'
  /** What lies across: a run's steps, or minutes until now (0; those before are negative). */
  across: 'step' | 'time'
  /** Places across that are marked: steps that the run was taken back to. */
  marks: number[]
  /** Places across, rising; every series has a value or null at each. */
  at: number[]
  series: CurveSeries[]
}
