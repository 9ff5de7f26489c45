/**
 * A field in which a species is looked for by any of its names: a combobox with a list (ARIA 1.2). What is found is asked for elsewhere, so
 * that a flora of 300,000 species holds up nobody's typing; the list is short, and typing more makes it the right one.
 */
'use client'

import type { Species } from '@worldflora/protocol/species'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import styles from './species-field.module.css'
import { SpeciesName } from './species-name.tsx'

export type Named = Pick<Species, 'id' | 'scientificName'>
export type FoundNamed<S extends Named> = { species: readonly S[]; isMore: boolean }

/** As long as people pause between letters. */
const PAUSE_MS = 120

export type SpeciesFieldWords = {
  label: string
  /** In the empty field. */
  example?: string
  none: string
  /** So many are shown. */
  found: (count: number) => string
  /** There are others. */
  more: string
}

export function SpeciesField<S extends Named>({
  words,
  find,
  commonNameOf,
  onChoose,
}: {
  words: SpeciesFieldWords
  /** null: it could not be asked. */
  find: (text: string) => Promise<FoundNamed<S> | null>
  commonNameOf: (species: S) => string | undefined
  onChoose: (species: S) => void
}) {
  const id = useId()
  const [text, setText] = useState('')
  const [found, setFound] = useState<FoundNamed<S> | null>(null)
  const [active, setActive] = useState(-1)
  const list = useRef<HTMLDivElement>(null)
  const ask = useRef(find)
  ask.current = find

  useEffect(() => {
    setActive(-1)
    if (text.trim() === '') return setFound(null)
    let current = true
    const timer = setTimeout(async () => {
      const answer = await ask.current(text)
      if (current) setFound(answer)
    }, PAUSE_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [text])

  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const options = found?.species ?? []
  const isOpen = options.length > 0
  const optionId = (i: number) => `${id}-${i}`

  function choose(species: S): void {
    setText('')
    setFound(null)
    onChoose(species)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && isOpen) {
      event.preventDefault()
      const next = active < 0 && step < 0 ? options.length - 1 : active + step
      setActive((next + options.length) % options.length)
    } else if (event.key === 'Enter' && isOpen) {
      // It would send a form around it.
      event.preventDefault()
      const chosen = options[active] ?? (options.length === 1 ? options[0] : undefined)
      if (chosen !== undefined) choose(chosen)
    } else if (event.key === 'Escape' && text !== '') {
      // It would close a dialog around it.
      event.stopPropagation()
      event.preventDefault()
      setText('')
    }
  }

  return (
    <div className={styles.field}>
      <label htmlFor={id}>{words.label}</label>
      <input
        id={id}
        type="text"
        role="combobox"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        placeholder={words.example}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? optionId(active) : undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setFound(null)}
      />
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={words.label}
        hidden={!isOpen}
        className={styles.list}
      >
        {options.map((species, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
          <div
            key={species.id}
            id={optionId(i)}
            role="option"
            aria-selected={i === active}
            className={styles.option}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(species)}
          >
            <SpeciesName commonName={commonNameOf(species)} scientificName={species.scientificName} />
          </div>
        ))}
      </div>
      <p role="status" className={styles.status}>
        {found === null
          ? ''
          : isOpen
            ? `${words.found(options.length)} ${found.isMore ? words.more : ''}`
            : words.none}
      </p>
    </div>
  )
}
