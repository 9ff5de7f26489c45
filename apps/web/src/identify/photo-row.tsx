/** The photos of the plant as cards, each of which can be taken away. */
import type { Organ } from '@worldflora/protocol/calibration'
import { type ReactNode, useRef } from 'react'
import { useTexts } from '../languages/use-texts.ts'
import { MOST_PHOTOS } from './answer.ts'
import { EditPhoto } from './editor/edit-photo.tsx'
import type { PhotoEdit } from './editor/photo-edit.ts'
import { OrganChip } from './organ-chip.tsx'
import styles from './photo-row.module.css'
import type { PlantPhoto } from './plant-photos.ts'

export function PhotoRow({
  photos,
  suggested,
  onOrgan,
  onTakeAway,
  onEdited,
  children,
}: {
  photos: readonly PlantPhoto[]
  /** By the answer, of each photo. */
  suggested: readonly (Organ | null)[]
  onOrgan: (id: number, organ: Organ | null) => void
  onTakeAway: (id: number) => void
  onEdited: (id: number, file: File, edit: PhotoEdit) => void
  children: ReactNode
}) {
  const t = useTexts('identify')
  const row = useRef<HTMLUListElement>(null)
  const takeAway = (id: number) => {
    // The button goes, and the focus would with it.
    row.current?.focus()
    onTakeAway(id)
  }
  return (
    <ul ref={row} tabIndex={-1} className={styles.row} aria-label={t('yourPhotos')}>
      {photos.map((photo, i) => (
        <li key={photo.id} className={styles.card}>
          <div className={styles.picture}>
            {/* biome-ignore lint/performance/noImgElement: an object URL, which no image service could serve */}
            <img src={photo.url} alt={t('yours', { file: photo.file.name })} />
            <button
              type="button"
              className={styles.takeAway}
              onClick={() => takeAway(photo.id)}
              aria-label={t('takeAway', { number: i + 1 })}
            >
              <svg
                viewBox="0 0 16 16"
                width="16"
                height="16"
                aria-hidden="true"
                stroke="currentColor"
                fill="none"
              >
                <path d="M3.5 3.5l9 9m0-9l-9 9" strokeWidth="1.5" strokeLinecap="round" />
              </svg>
            </button>
            <EditPhoto
              className={styles.edit}
              photo={photo}
              number={i + 1}
              onEdited={(file, edit) => onEdited(photo.id, file, edit)}
            />
          </div>
          <OrganChip
            number={i + 1}
            organ={photo.organ}
            suggested={suggested[i] ?? null}
            onChange={(said) => onOrgan(photo.id, said)}
          />
        </li>
      ))}
      {photos.length < MOST_PHOTOS ? <li>{children}</li> : null}
    </ul>
  )
}
