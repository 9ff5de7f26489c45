/** How far something is, as a hairline that fills. */
import styles from './progress-line.module.css'

export function ProgressLine({ done, total, label }: { done: number; total: number; label: string }) {
  return (
    <div className={styles.progress}>
      <span className="number">{label}</span>
      <progress className={styles.line} value={done} max={Math.max(total, 1)} aria-label={label} />
    </div>
  )
}
