'use client'
import { type ChangeEvent, type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { Answer, type Candidate } from './answer.tsx'
import styles from './identification.module.css'
import { type RecogniserState, useRecogniser } from './use-recogniser.ts'

const MOST_PHOTOS = 5
const BEST = 5

type Asked =
  | { kind: 'nothing' }
  | { kind: 'looking' }
  | { kind: 'answered'; nth: number; candidates: Candidate[] }
  | { kind: 'refused'; words: string }

export function Identification() {
  const state = useRecogniser()
  const [photos, setPhotos] = useState<File[]>([])
  const [asked, setAsked] = useState<Asked>({ kind: 'nothing' })
  const answers = useRef(0)
  const previews = usePreviews(photos)
  const ready = state.kind === 'ready' ? state : null

  useEffect(() => {
    if (ready === null || photos.length === 0) return
    let outdated = false
    setAsked({ kind: 'looking' })
    ready.recogniser
      .identify(photos)
      .then((probabilities) => {
        if (outdated) return
        answers.current++
        setAsked({
          kind: 'answered',
          nth: answers.current,
          candidates: bestOf(probabilities, ready.model.species),
        })
      })
      .catch(() => {
        if (outdated) return
        setPhotos([])
        setAsked({
          kind: 'refused',
          words:
            'That file is no photo this browser can read. Choose a JPEG, PNG or WebP picture of a plant.',
        })
      })
    return () => {
      outdated = true
    }
  }, [ready?.recogniser, ready?.model, photos])

  function add(files: Iterable<File>): void {
    const all = [...photos, ...files]
    if (all.length > MOST_PHOTOS) {
      setAsked({
        kind: 'refused',
        words: `Up to ${MOST_PHOTOS} photos of one plant can be looked at together. Remove some, or start anew.`,
      })
      return
    }
    setPhotos(all)
  }

  function again(): void {
    setPhotos([])
    setAsked({ kind: 'nothing' })
  }

  return (
    <>
      <Intake onFiles={add} more={photos.length > 0} />
      {previews.length > 0 && (
        <ul className={styles.photos} aria-label="Your photos">
          {previews.map((url, i) => (
            <li key={url}>
              {/* biome-ignore lint/performance/noImgElement: a file of this device */}
              <img src={url} alt={`Yours, number ${i + 1}`} />
            </li>
          ))}
        </ul>
      )}
      <Loading state={state} />
      <div aria-live="polite">
        {asked.kind === 'looking' && <p>Looking closely …</p>}
        {asked.kind === 'refused' && <p className="notice">{asked.words}</p>}
        {asked.kind === 'answered' && <Answer nth={asked.nth} candidates={asked.candidates} />}
      </div>
      {asked.kind === 'answered' && (
        <div className="row">
          <button type="button" onClick={again}>
            Another plant
          </button>
        </div>
      )}
      <p className={`faded ${styles.privacy}`}>
        Computed on this device, nothing was sent.{' '}
        {ready?.offline && <span data-testid="offline-ready">Ready for use without a network.</span>}
      </p>
    </>
  )
}

function Intake({ onFiles, more }: { onFiles: (files: Iterable<File>) => void; more: boolean }) {
  const [over, setOver] = useState(false)
  const choose = useId()
  const camera = useId()
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData !== null && event.clipboardData.files.length > 0)
        onFiles(event.clipboardData.files)
    }
    addEventListener('paste', paste)
    return () => removeEventListener('paste', paste)
  })
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(event.target.files ?? [])])
    event.target.value = ''
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onFiles(event.dataTransfer.files)
  }
  return (
    <section
      className={styles.intake}
      aria-label="Photos of your plant"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>{more ? 'Another photo of the same plant helps.' : 'Drop a photo of a plant here, or'}</p>
      <div className="row">
        <label className={`button primary ${styles.choice}`} htmlFor={camera}>
          Take a photo
          <input
            id={camera}
            className="visually-hidden"
            type="file"
            accept="image/*"
            capture="environment"
            onChange={take}
          />
        </label>
        <label className={`button ${styles.choice}`} htmlFor={choose}>
          Choose photos
          <input
            id={choose}
            className="visually-hidden"
            type="file"
            accept="image/*"
            multiple
            onChange={take}
            data-testid="photo-input"
          />
        </label>
      </div>
    </section>
  )
}

function Loading({ state }: { state: RecogniserState }) {
  switch (state.kind) {
    case 'loading':
      return (
        <p className={styles.loading} role="status">
          {state.words}{' '}
          {state.share !== null && <progress aria-label="Fetching the model" max={1} value={state.share} />}
        </p>
      )
    case 'none':
      return (
        <p className="notice">
          No model has been published yet. Once a run has learnt something, its operator publishes it and
          plants can be named here.
        </p>
      )
    case 'failed':
      return (
        <p className="notice" role="alert">
          {state.words}
        </p>
      )
    case 'ready':
      return null
  }
}

function bestOf(probabilities: Float32Array, species: { id: string }[]): Candidate[] {
  return species
    .map((plant, i) => ({ species: plant as Candidate['species'], score: probabilities[i]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, BEST)
}

function usePreviews(photos: File[]): string[] {
  const [urls, setUrls] = useState<string[]>([])
  useEffect(() => {
    const made = photos.map((photo) => URL.createObjectURL(photo))
    setUrls(made)
    return () => {
      for (const url of made) URL.revokeObjectURL(url)
    }
  }, [photos])
  return urls
}
