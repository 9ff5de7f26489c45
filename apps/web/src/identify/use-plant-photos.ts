/** The photos of the plant that is asked about, as somebody adds, edits and takes them away. A change of them is a new question. */
'use client'

import type { Organ } from '@worldflora/protocol/calibration'
import type { Rejection } from '@worldflora/protocol/rejection'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type PhotoEdit, UNEDITED } from './editor/photo-edit.ts'
import type { PhotoRejection } from './identifier-port.ts'
import { type PlantPhoto, takePhotos } from './plant-photos.ts'

/** What became of a file that could not be used. */
export type PhotoFault =
  | { kind: 'left-out'; left: number }
  | { kind: 'unopened'; id: number; file: string; rejection: Rejection }

/** `ask` says which of the files could not be opened, if that is why they have no answer, and nothing once it is asked something else. */
export function usePlantPhotos(ask: (files: readonly File[]) => Promise<PhotoRejection | null>) {
  const [photos, setPhotos] = useState<readonly PlantPhoto[]>([])
  const [faults, setFaults] = useState<readonly PhotoFault[]>([])
  /** Those that are asked about, also before the page shows them. */
  const latest = useRef<readonly PlantPhoto[]>([])
  const nextId = useRef(1)

  const change = useCallback(
    async (changed: readonly PlantPhoto[]) => {
      latest.current = changed
      setPhotos(changed)
      const unopened = await ask(changed.map(({ file }) => file))
      if (unopened === null) return
      const broken = changed[unopened.photo]!
      if (!latest.current.includes(broken)) return
      const { id, file } = broken
      setFaults((before) => [...before, { kind: 'unopened', id, file: file.name, rejection: unopened }])
      URL.revokeObjectURL(broken.url)
      await change(latest.current.filter((photo) => photo !== broken))
    },
    [ask],
  )

  const add = useCallback(
    (files: readonly File[]) => {
      if (files.length === 0) return
      const make = (file: File) => ({
        id: nextId.current++,
        file,
        url: URL.createObjectURL(file),
        original: file,
        edit: UNEDITED,
        organ: null,
      })
      const taken = takePhotos(latest.current, files, make)
      setFaults(taken.left === 0 ? [] : [{ kind: 'left-out', left: taken.left }])
      if (taken.photos.length !== latest.current.length) void change(taken.photos)
    },
    [change],
  )

  const takeAway = useCallback(
    (id: number) => {
      for (const photo of latest.current) if (photo.id === id) URL.revokeObjectURL(photo.url)
      setFaults([])
      void change(latest.current.filter((photo) => photo.id !== id))
    },
    [change],
  )

  /** Changes nothing in the answer, which looks at all photos alike. */
  const sayOrgan = useCallback((id: number, organ: Organ | null) => {
    for (const photo of latest.current) if (photo.id === id) photo.organ = organ
    setPhotos([...latest.current])
  }, [])

  /** The photo keeps its place and its original; the plant is named anew. */
  const replace = useCallback(
    (id: number, file: File, edit: PhotoEdit) => {
      const before = latest.current.find((photo) => photo.id === id)
      if (before === undefined) return
      URL.revokeObjectURL(before.url)
      const edited = { ...before, file, edit, url: URL.createObjectURL(file) }
      setFaults([])
      void change(latest.current.map((photo) => (photo === before ? edited : photo)))
    },
    [change],
  )

  const clear = useCallback(() => {
    for (const { url } of latest.current) URL.revokeObjectURL(url)
    setFaults([])
    void change([])
  }, [change])

  /** Asks again about the same photos, after a refusal. */
  const askAgain = useCallback(() => void change([...latest.current]), [change])

  useEffect(
    () => () => {
      for (const { url } of latest.current) URL.revokeObjectURL(url)
    },
    [],
  )

  return { photos, faults, add, takeAway, sayOrgan, replace, clear, askAgain }
}
