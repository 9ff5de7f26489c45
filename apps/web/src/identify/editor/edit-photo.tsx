/** A card's button that opens its photo in the editor. */
'use client'

import { useState } from 'react'
import { useTexts } from '../../languages/use-texts.ts'
import type { PlantPhoto } from '../plant-photos.ts'
import { EditorDialog, type OnEdited } from './editor-dialog.tsx'

export function EditPhoto({
  className,
  photo,
  number,
  onEdited,
}: {
  className: string | undefined
  photo: PlantPhoto
  /** Its place in the row, from 1. */
  number: number
  onEdited: OnEdited
}) {
  const t = useTexts('photoEditor')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={t('editPhoto', { number })}
        onClick={() => setOpen(true)}
      >
        {t('edit')}
      </button>
      {isOpen ? (
        <EditorDialog photo={photo} number={number} onEdited={onEdited} onLeave={() => setOpen(false)} />
      ) : null}
    </>
  )
}
