/** From photos to an answer: asks the identifier whenever the photos change, and drops what is no photo. */
'use client'

import type { Organ } from '@worldflora/protocol/calibration'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Answer } from './answer.ts'
import { type PhotoEdit, UNEDITED } from './editor/photo-edit.ts'
import type { NamingStage } from './identifier-port.ts'
import type { Narrowing } from './narrowing/narrowing.ts'
import { type PlantPhoto, takePhotos } from './plant-photos.ts'
import type { PageIdentifier } from './use-identifier.ts'

export type NamingState =
  | { kind: 'empty' }
  /** `stage` null: it has only begun. */
  | { kind: 'naming'; stage: NamingStage | null }
  /** `nth` counts the answers since the page was loaded. */
  | { kind: 'named'; answer: Answer; nth: number }
  | { kind: 'refused'; rejection: Rejection }

/** What became of a file that could not be used. */
export type PhotoFault =
  | { kind: 'left-out'; left: number }
  | { kind: 'unopened'; id: number; file: string; rejection: Rejection }

/** A stage that is over sooner is not worth a word that nobody can read, nor the work of showing it. */
const SHOWN_AFTER_MS = 150

export function useNaming(
  { name, ask: askWorker }: Pick<PageIdentifier, 'name' | 'ask'>,
  narrowing: Narrowing,
) {
  const [photos, setPhotos] = useState<readonly PlantPhoto[]>([])
  const [state, setState] = useState<NamingState>({ kind: 'empty' })
  const [faults, setFaults] = useState<readonly PhotoFault[]>([])
  /** The photos of the latest question: an answer to an older one is dropped. */
  const asked = useRef<readonly PlantPhoto[]>([])
  const nextId = useRef(1)
  const answers = useRef(0)
  const known = useRef(narrowing)
  known.current = narrowing

  /** What is known of the plant beside its photos is different: the same looks, another answer. */
  const answerAgain = useCallback(async () => {
    const [question, used] = [asked.current, known.current]
    if (question.length === 0) return
    const answer = await askWorker((remote) => remote.answerAgain(used) as Promise<Answer | null>)
    if (answer === null || isRejection(answer)) return
    if (asked.current !== question || known.current !== used) return
    const nth = ++answers.current
    setState((before) => (before.kind === 'named' ? { kind: 'named', answer, nth } : before))
  }, [askWorker])

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read from where the latest is
  useEffect(() => void answerAgain(), [narrowing, answerAgain])

  const ask = useCallback(
    async (question: readonly PlantPhoto[]) => {
      asked.current = question
      setPhotos(question)
      if (question.length === 0) return setState({ kind: 'empty' })
      setState({ kind: 'naming', stage: null })
      let latest: NamingStage = { kind: 'computing' }
      let isShown = false
      const show = () => {
        isShown = true
        if (asked.current !== question) return
        // A stage travels by a channel of its own, and may arrive after the answer.
        setState((before) => (before.kind === 'naming' ? { kind: 'naming', stage: latest } : before))
      }
      const waiting = setTimeout(show, SHOWN_AFTER_MS)
      const used = known.current
      const answer = await name(
        question.map(({ file }) => file),
        used,
        (stage) => {
          latest = stage
          if (isShown) show()
        },
      )
      clearTimeout(waiting)
      if (asked.current !== question) return
      if (!isRejection(answer)) {
        setState({ kind: 'named', answer, nth: ++answers.current })
        if (known.current !== used) void answerAgain()
      } else if ('photo' in answer) {
        const broken = question[answer.photo]!
        const { id, file } = broken
        setFaults((before) => [...before, { kind: 'unopened', id, file: file.name, rejection: answer }])
        URL.revokeObjectURL(broken.url)
        await ask(question.filter((photo) => photo.id !== id))
      } else setState({ kind: 'refused', rejection: answer })
    },
    [name, answerAgain],
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
      const taken = takePhotos(asked.current, files, make)
      setFaults(taken.left === 0 ? [] : [{ kind: 'left-out', left: taken.left }])
      if (taken.photos.length !== asked.current.length) void ask(taken.photos)
    },
    [ask],
  )

  const takeAway = useCallback(
    (id: number) => {
      for (const photo of asked.current) if (photo.id === id) URL.revokeObjectURL(photo.url)
      setFaults([])
      void ask(asked.current.filter((photo) => photo.id !== id))
    },
    [ask],
  )

  /** Changes nothing in the answer, which looks at all photos alike. */
  const sayOrgan = useCallback((id: number, organ: Organ | null) => {
    for (const photo of asked.current) if (photo.id === id) photo.organ = organ
    setPhotos([...asked.current])
  }, [])

  /** The photo keeps its place and its original; the plant is named anew. */
  const replace = useCallback(
    (id: number, file: File, edit: PhotoEdit) => {
      const before = asked.current.find((photo) => photo.id === id)
      if (before === undefined) return
      URL.revokeObjectURL(before.url)
      const edited = { ...before, file, edit, url: URL.createObjectURL(file) }
      setFaults([])
      void ask(asked.current.map((photo) => (photo === before ? edited : photo)))
    },
    [ask],
  )

  const clear = useCallback(() => {
    for (const { url } of asked.current) URL.revokeObjectURL(url)
    setFaults([])
    void ask([])
  }, [ask])

  /** Asks again about the same photos, after a refusal. */
  const again = useCallback(() => void ask([...asked.current]), [ask])

  useEffect(
    () => () => {
      for (const { url } of asked.current) URL.revokeObjectURL(url)
    },
    [],
  )

  return { photos, state, faults, add, takeAway, sayOrgan, replace, clear, again }
}
