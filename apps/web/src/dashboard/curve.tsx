/** One chart, by step or over time. Its colours are the page's tokens, read again when light turns to dark. */
'use client'

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import styles from './curve.module.css'
import type { CurveSeries, CurveShape } from './curve-shape.ts'

const HEIGHT = 240

type CurveProps = CurveShape & { testId: string }

export function Curve({ testId, title, summary, unit, across, at, series, marks }: CurveProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const newest = useRef<uPlot.AlignedData>([[]])
  newest.current = [at, ...series.map(({ values }) => values)]
  const shape = JSON.stringify([unit, across, marks, series.map(({ name, look }) => [name, look])])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the series without their values
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const draw = () => {
      plot.current?.destroy()
      plot.current = new uPlot(optionsOf(element, { unit, across, series, marks }), newest.current, element)
    }
    draw()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    resized.observe(element)
    return () => {
      dark.removeEventListener('change', draw)
      resized.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [shape])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new values are what there is to draw
  useEffect(() => plot.current?.setData(newest.current), [at, series])

  return (
    <figure className={styles.curve} data-testid={testId}>
      <figcaption>
        <span className={styles.title}>{title}</span> <span className={styles.summary}>{summary}</span>
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${title} ${across === 'step' ? 'by step' : 'over time'}. ${summary}`}
        className={styles.plot}
      />
      <ul className={styles.legend} aria-hidden="true">
        {series.map(({ name, look }) => (
          <li key={name}>
            <Sample look={look} />
            {name}
          </li>
        ))}
      </ul>
    </figure>
  )
}

function Sample({ look }: Pick<CurveSeries, 'look'>) {
  return (
    <svg viewBox="0 0 20 10" width="20" height="10" aria-hidden="true">
      {look === 'rings' || look === 'points' ? (
        <circle cx="10" cy="5" r="3.5" className={styles[look]} />
      ) : null}
      {look === 'rings' ? null : <path d="M0 5H20" className={styles[look]} />}
    </svg>
  )
}

function optionsOf(
  element: HTMLElement,
  { unit, across, series, marks }: Pick<CurveShape, 'unit' | 'across' | 'series' | 'marks'>,
): uPlot.Options {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const font = `12px ${style.fontFamily}`
  const axis: uPlot.Axis = {
    stroke: token('--ink-soft'),
    font,
    grid: { stroke: token('--hairline'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: {
        range: (_, __, most) => [0, unit === 'share' ? Math.min(1, niceTop(most)) : (most || 1) * 1.05],
      },
    },
    axes: [
      {
        ...axis,
        size: 28,
        ...(across === 'time' ? { space: 64, incrs: MINUTES, values: ticksIn(ago) } : {}),
      },
      { ...axis, size: 52, ...(unit === 'plain' ? {} : { values: ticksIn(WORDS[unit]) }) },
    ],
    series: [{}, ...series.map(({ look }) => lookOf(look, token))],
    hooks: { draw: [(plot) => drawMarks(plot, marks, token('--warm'))] },
  }
}

const WORDS = {
  share: (tick: number) => `${Math.round(tick * 100)} %`,
  ms: (tick: number) => (tick < 1000 ? `${tick} ms` : `${tick / 1000} s`),
}

/** Between two ticks of time. */
const MINUTES = [0.25, 0.5, 1, 2, 5]

function ago(minutes: number): string {
  if (minutes === 0) return 'now'
  return Number.isInteger(minutes) ? `−${-minutes} min` : `−${-minutes * 60} s`
}

function ticksIn(words: (tick: number) => string) {
  return (_: uPlot, ticks: number[]) => ticks.map(words)
}

/** A dashed upright where the run was taken back to. */
function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: readonly number[], colour: string): void {
  ctx.save()
  ctx.strokeStyle = colour
  ctx.setLineDash([4, 4])
  for (const step of marks) {
    const x = valToPos(step, 'x', true)
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** The next tenth above, at least a tenth. */
function niceTop(most: number | null): number {
  return Math.max(0.1, Math.ceil((most ?? 0) * 10 + 0.5) / 10)
}

function lookOf(look: CurveSeries['look'], token: (name: string) => string): uPlot.Series {
  const leaf = token('--leaf')
  switch (look) {
    case 'pale':
      return { stroke: token('--hairline-strong'), width: 1, points: { show: false } }
    case 'strong':
      return { stroke: leaf, width: 2, points: { show: false } }
    case 'points':
      return { stroke: leaf, width: 2, spanGaps: true, points: { show: true, size: 6, fill: leaf } }
    case 'rings':
      return {
        stroke: leaf,
        width: 0,
        paths: () => null,
        points: { show: true, size: 8, width: 1.5, stroke: leaf, fill: token('--paper') },
      }
  }
}
