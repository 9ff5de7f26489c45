/** A photo while it is edited: opened from its original, and what has been done to it so far. */
'use client'

import { useEffect, useState } from 'react'
import { openBitmap } from './photo-canvas.ts'
import { type Frame, type PhotoEdit, turned, UNEDITED } from './photo-edit.ts'

export type OpenedOriginal =
  | { kind: 'opening' }
  | { kind: 'open'; bitmap: ImageBitmap }
  /** The recogniser knows kinds of JPEG that a browser may not. */
  | { kind: 'unknown' }

export function useEditor(original: File, before: PhotoEdit) {
  const [opened, setOpened] = useState<OpenedOriginal>({ kind: 'opening' })
  const [edit, setEdit] = useState(before)

  useEffect(() => {
    let current = true
    let bitmap: ImageBitmap | null = null
    void openBitmap(original).then((photo) => {
      if (!current) return photo?.close()
      bitmap = photo
      setOpened(photo === null ? { kind: 'unknown' } : { kind: 'open', bitmap: photo })
    })
    return () => {
      current = false
      bitmap?.close()
    }
  }, [original])

  return {
    opened,
    edit,
    turn: (way: 'left' | 'right') => setEdit((now) => turned(now, way)),
    cutTo: (frame: Frame) => setEdit((now) => ({ ...now, frame })),
    reset: () => setEdit(UNEDITED),
  }
}
