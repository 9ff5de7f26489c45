'use client'
/** One curve by step. Colours are read from the page's tokens, so that light and dark both work. */
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import styles from './dashboard.module.css'

export type Series = { name: string; values: (number | null)[]; colour: `--${string}`; points?: boolean }
type CurveProps = {
  testId: string
  title: string
  label: string
  x: number[]
  series: Series[]
  percent?: boolean
}

const HEIGHT = 240

export function Curve({ testId, title, label, x, series, percent = false }: CurveProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const shape = JSON.stringify([series.map(({ name, colour, points }) => [name, colour, points]), percent])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the series without their values
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const token = (name: string) => getComputedStyle(element).getPropertyValue(name).trim()
    const axis = {
      stroke: token('--faded'),
      grid: { stroke: token('--hairline'), width: 1 },
      ticks: { show: false },
    }
    const drawn = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false }, y: percent ? { range: [0, 1] } : {} },
        axes: [
          axis,
          {
            ...axis,
            values: percent ? (_, ticks) => ticks.map((tick) => `${Math.round(100 * tick)} %`) : null!,
          },
        ],
        series: [
          { label: 'step' },
          ...series.map(({ name, colour, points = false }) => ({
            label: name,
            stroke: token(colour),
            width: points ? 2 : 1,
            spanGaps: true,
            points: { show: points, size: 6, fill: token(colour) },
          })),
        ],
      },
      [[], ...series.map(() => [])],
      element,
    )
    plot.current = drawn
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      drawn.destroy()
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData([x, ...series.map(({ values }) => values)])
  }, [x, series])

  return (
    <figure className={styles.curve} data-testid={testId}>
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={label} />
    </figure>
  )
}
