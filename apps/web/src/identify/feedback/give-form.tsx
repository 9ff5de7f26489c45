/** What is given, under which licence and whose name, and what exactly is sent. Nothing is chosen beforehand but what this device was asked to remember. */
'use client'

import { AuthorName, LICENCES, type Licence, SUBMISSION_LIMITS } from '@worldflora/protocol/submissions'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import * as v from 'valibot'
import { Button } from '../../design/button.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import type { PlantPhoto } from '../plant-photos.ts'
import { forgetCredit, keepCredit, keptCredit } from './credit.ts'
import styles from './give-form.module.css'

export type GiveWish = { chosen: ReadonlySet<number>; licence: Licence; author: string }

type Field = 'photos' | 'licence' | 'author' | 'consent'

export function GiveForm({
  photos,
  isBusy,
  onGive,
  onLeave,
  children,
}: {
  photos: readonly PlantPhoto[]
  isBusy: boolean
  onGive: (wish: GiveWish) => void
  onLeave: () => void
  /** How it goes. */
  children: ReactNode
}) {
  const t = useTexts('feedback')
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [licence, setLicence] = useState<Licence | null>(null)
  const [author, setAuthor] = useState('')
  const [isRemembered, setRemembered] = useState(false)
  const [isAgreed, setAgreed] = useState(false)
  const [isAsked, setAsked] = useState(false)

  useEffect(() => {
    const kept = keptCredit()
    if (kept === null) return
    setLicence(kept.licence)
    setAuthor(kept.author)
    setRemembered(true)
  }, [])

  const present = photos.filter((photo) => chosen.has(photo.id))
  const name = v.safeParse(AuthorName, author)
  const missing: Field[] = [
    ...(present.length === 0 ? ['photos' as const] : []),
    ...(licence === null ? ['licence' as const] : []),
    ...(name.success ? [] : ['author' as const]),
    ...(isAgreed ? [] : ['consent' as const]),
  ]
  const lacks = (field: Field) => isAsked && missing.includes(field)
  const faultId = (field: Field) => (lacks(field) ? `${id}-${field}-fault` : undefined)

  function submit(): void {
    setAsked(true)
    if (missing.length > 0 || licence === null || !name.success) {
      form.current?.querySelector<HTMLElement>(`[data-field="${missing[0]}"]`)?.focus()
      return
    }
    if (isRemembered) keepCredit({ licence, author: name.output })
    else forgetCredit()
    onGive({ chosen: new Set(present.map((photo) => photo.id)), licence, author: name.output })
  }

  return (
    <form
      ref={form}
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) submit()
      }}
    >
      <fieldset aria-describedby={faultId('photos')}>
        <legend>{t('which')}</legend>
        {photos.length > 1 ? (
          <label className={styles.tick}>
            <input
              type="checkbox"
              checked={present.length === photos.length}
              onChange={({ target }) =>
                setChosen(new Set(target.checked ? photos.map((photo) => photo.id) : []))
              }
            />
            {t('all')}
          </label>
        ) : null}
        <ul className={styles.photos}>
          {photos.map((photo, i) => (
            <li key={photo.id}>
              <label className={styles.photo}>
                {/* biome-ignore lint/performance/noImgElement: an object URL, which no image service could serve */}
                <img src={photo.url} alt="" />
                <span className={styles.tick}>
                  <input
                    type="checkbox"
                    data-field="photos"
                    checked={chosen.has(photo.id)}
                    onChange={({ target }) => {
                      const next = new Set(chosen)
                      if (target.checked) next.add(photo.id)
                      else next.delete(photo.id)
                      setChosen(next)
                    }}
                  />
                  {t('photo', { number: i + 1 })}
                </span>
              </label>
            </li>
          ))}
        </ul>
        <Fault id={faultId('photos')}>{t('noPhoto')}</Fault>
      </fieldset>
      <fieldset aria-describedby={faultId('licence')}>
        <legend>{t('licence')}</legend>
        {LICENCES.map((one) => (
          <label key={one} className={styles.tick}>
            <input
              type="radio"
              name={`${id}-licence`}
              data-field="licence"
              checked={licence === one}
              onChange={() => setLicence(one)}
            />
            <span>
              <strong dir="ltr">{one}</strong>{' '}
              <span className={styles.quiet}>{t(`licences.${keyOf(one)}`)}</span>
            </span>
          </label>
        ))}
        <Fault id={faultId('licence')}>{t('noLicence')}</Fault>
      </fieldset>
      <div className={styles.author}>
        <label htmlFor={`${id}-author`}>{t('author')}</label>
        <input
          id={`${id}-author`}
          type="text"
          autoComplete="name"
          maxLength={SUBMISSION_LIMITS.authorLength}
          data-field="author"
          aria-invalid={lacks('author')}
          aria-describedby={faultId('author') ?? `${id}-author-help`}
          value={author}
          onChange={({ target }) => setAuthor(target.value)}
        />
        <p id={`${id}-author-help`} className={styles.quiet}>
          {t('authorHelp')}
        </p>
        <Fault id={faultId('author')}>{t('noAuthor', { most: SUBMISSION_LIMITS.authorLength })}</Fault>
        <label className={styles.tick}>
          <input
            type="checkbox"
            checked={isRemembered}
            onChange={({ target }) => setRemembered(target.checked)}
          />
          {t('remember')}
        </label>
      </div>
      <div className={styles.consent}>
        <p id={`${id}-sent`}>{t('sent', { pixels: SUBMISSION_LIMITS.longerSide })}</p>
        <p>{t('notSent')}</p>
        <label className={styles.tick}>
          <input
            type="checkbox"
            data-field="consent"
            aria-invalid={lacks('consent')}
            aria-describedby={faultId('consent') ?? `${id}-sent`}
            checked={isAgreed}
            onChange={({ target }) => setAgreed(target.checked)}
          />
          {t('agree')}
        </label>
        <Fault id={faultId('consent')}>{t('noConsent')}</Fault>
      </div>
      {children}
      <div className={styles.ways}>
        <Button type="submit" weight="strong" isBusy={isBusy}>
          {present.length === 0 ? t('sendNone') : t('send', { photos: present.length })}
        </Button>
        <Button onClick={onLeave} isBusy={isBusy}>
          {t('leave')}
        </Button>
      </div>
    </form>
  )
}

/** `id` undefined: there is nothing to say. */
function Fault({ id, children }: { id: string | undefined; children: ReactNode }) {
  return (
    <p id={id} role="alert" className={styles.fault}>
      {id === undefined ? null : children}
    </p>
  )
}

const KEYS = {
  'CC0 1.0': 'cc0',
  'CC BY 4.0': 'by',
  'CC BY-SA 4.0': 'bySa',
  'CC BY-NC 4.0': 'byNc',
  'CC BY-NC-SA 4.0': 'byNcSa',
} as const satisfies Record<Licence, string>

function keyOf(licence: Licence) {
  return KEYS[licence]
}
