/** The step in flight as a ring of cells: mine, the others', those in my hands, and those to come. */
import { useAmounts, useTexts } from '../languages/use-texts.ts'
import styles from './step-ring.module.css'

export type Cell = 'mine' | 'others' | 'in-work' | 'open'

/** More tasks than this share cells: no eye tells more apart. */
const MOST_CELLS = 96
const CENTRE = 100
const RADIUS = 82
const THICKNESS = 15

/** `inHand`: leased to me, being computed or on its way. */
export type StepTasks = { accepted: number; total: number; mine: number; inHand: number }

/** The order says nothing: mine first, then the others', then what is in my hands, then what is open. */
export function cellsOf({ accepted, total, mine, inHand }: StepTasks): Cell[] {
  const cells = Math.min(Math.max(total, 1), MOST_CELLS)
  const scaled = (tasks: number) => Math.round((tasks / Math.max(total, 1)) * cells)
  const own = scaled(Math.min(mine, accepted))
  const through = scaled(accepted)
  const held = Math.max(scaled(inHand), Math.min(inHand, 1))
  return Array.from({ length: cells }, (_, i) => {
    if (i < own) return 'mine'
    if (i < through) return 'others'
    return i < through + held ? 'in-work' : 'open'
  })
}

export function StepRing({ tasks, label }: { tasks: StepTasks; label: string }) {
  const t = useTexts('contribute')
  const { count } = useAmounts()
  const cells = cellsOf(tasks)
  return (
    <figure className={styles.ring}>
      <svg viewBox="0 0 200 200" role="img" aria-label={label}>
        {cells.map((cell, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
          <path key={i} d={arc(i, cells.length)} className={styles[cell]} />
        ))}
      </svg>
      <figcaption className={styles.caption}>
        <span className={styles.figure}>
          {t('ringOf', { accepted: count(tasks.accepted), total: count(tasks.total) })}
        </span>
        <span>{t('ringPieces')}</span>
        <span className={styles.own}>
          {t('ringYours', { mine: count(Math.min(tasks.mine, tasks.accepted)) })}
        </span>
      </figcaption>
    </figure>
  )
}

/** One cell as a piece of the ring, with a gap to its neighbours. */
function arc(index: number, cells: number): string {
  const gap = Math.min(0.06, 0.5 / cells)
  const from = (index / cells) * 2 * Math.PI + gap - Math.PI / 2
  const to = ((index + 1) / cells) * 2 * Math.PI - gap - Math.PI / 2
  const large = to - from > Math.PI ? 1 : 0
  const outer = RADIUS + THICKNESS
  const at = (radius: number, angle: number) =>
    `${(CENTRE + radius * Math.cos(angle)).toFixed(2)} ${(CENTRE + radius * Math.sin(angle)).toFixed(2)}`
  return `M${at(outer, from)}A${outer} ${outer} 0 ${large} 1 ${at(outer, to)}L${at(RADIUS, to)}A${RADIUS} ${RADIUS} 0 ${large} 0 ${at(RADIUS, from)}Z`
}
