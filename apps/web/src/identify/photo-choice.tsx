/** Where photos come from: dropped, chosen from the device, or taken now. Large before the first, a card after it. */
import type { ChangeEvent } from 'react'
import { MOST_PHOTOS } from './answer.ts'
import styles from './photo-choice.module.css'

export function PhotoChoice({
  isDragging,
  onFiles,
  shape,
}: {
  isDragging: boolean
  onFiles: (files: File[]) => void
  shape: 'sheet' | 'card'
}) {
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(event.target.files ?? [])])
    // The same file chosen once more must count as a change.
    event.target.value = ''
  }
  const isSheet = shape === 'sheet'
  return (
    <div className={`${styles.choice} ${styles[shape]}`} data-dragging={isDragging}>
      {isSheet ? (
        <p className={styles.invitation}>
          {isDragging ? 'Let go here' : 'Drop a photo of a leaf, a flower or the whole plant'}
        </p>
      ) : null}
      <div className={styles.ways}>
        <label className={`${styles.way} ${styles.camera}`}>
          <input type="file" accept="image/*" capture="environment" onChange={take} />
          {isSheet ? 'Take a photo' : 'Take another'}
        </label>
        <label className={`${styles.way} ${styles.files}`}>
          <input type="file" accept="image/*" multiple onChange={take} data-testid="photo-input" />
          {isSheet ? 'Choose photos' : 'Add a photo'}
        </label>
      </div>
      {isSheet ? (
        <p className={styles.hint}>Up to {MOST_PHOTOS} photos of one plant: each makes the answer surer.</p>
      ) : null}
    </div>
  )
}
