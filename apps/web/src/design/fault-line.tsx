/** Why something could not be read: a line where it would stand. */
import type { Rejection } from '@worldflora/protocol/rejection'
import styles from './fault-line.module.css'

export function FaultLine({ rejection }: { rejection: Rejection | null }) {
  if (rejection === null) return null
  return <p className={styles.fault}>{`${rejection.message} ${rejection.action}`}</p>
}
