/** A place, written or told by the browser. It stays on the device. */
'use client'

import type { Point } from '@worldflora/protocol/places'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { Button } from '../../design/button.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import styles from './narrowing-panel.module.css'
import { pointWords, readPoint } from './point-words.ts'
import { useGeolocation } from './use-geolocation.ts'

export function PlaceField({
  place,
  onPlace,
}: {
  place: Point | null
  onPlace: (place: Point | null) => void
}) {
  const t = useTexts('narrowing')
  const id = useId()
  const [words, setWords] = useState('')
  const [isUnreadable, setUnreadable] = useState(false)
  const { location, isThere, ask } = useGeolocation(onPlace)
  useEffect(() => {
    setUnreadable(false)
    setWords(place === null ? '' : pointWords(place))
  }, [place])

  const use = (event: FormEvent) => {
    event.preventDefault()
    const read = words.trim() === '' ? null : readPoint(words)
    setUnreadable(read === null && words.trim() !== '')
    if (read !== null || words.trim() === '') onPlace(read)
  }
  const fault = isUnreadable
    ? t('unreadable')
    : location.kind === 'refused' && place === null
      ? t('refused')
      : ''
  return (
    <form className={styles.field} onSubmit={use} noValidate>
      <label htmlFor={id}>{t('place')}</label>
      <div className={styles.row}>
        <input
          id={id}
          type="text"
          inputMode="text"
          dir="ltr"
          autoComplete="off"
          value={words}
          aria-invalid={isUnreadable}
          aria-describedby={`${id}-hint ${id}-fault`}
          onChange={({ target }) => setWords(target.value)}
        />
        <Button type="submit">{t('use')}</Button>
        {isThere ? (
          <Button isBusy={location.kind === 'asking'} onClick={ask}>
            {location.kind === 'asking' ? t('asking') : t('whereIAm')}
          </Button>
        ) : null}
      </div>
      <p id={`${id}-hint`} className={styles.hint}>
        {t('placeHint')}
      </p>
      <p id={`${id}-fault`} role="alert" className={styles.fault}>
        {fault}
      </p>
    </form>
  )
}
