/** A score as a bar. The figure and the word stand beside it, so it is ornament to who cannot see it. */
import styles from './score-bar.module.css'

export function ScoreBar({ score }: { score: number }) {
  return (
    <svg className={styles.bar} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="4" className={styles.whole} />
      <rect width={Math.max(0.5, score * 100)} height="4" className={styles.part} />
    </svg>
  )
}
