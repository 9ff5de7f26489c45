/** What else is known of the plant: the list that it stands in, the place where it stands. Only what the model can make use of is asked. */
'use client'

import { useId } from 'react'
import { useTexts } from '../../languages/use-texts.ts'
import type { OpenedModel } from '../identifier-port.ts'
import styles from './narrowing-panel.module.css'
import { PlaceField } from './place-field.tsx'
import type { PageNarrowing } from './use-narrowing.ts'

export function NarrowingPanel({ model, asked }: { model: OpenedModel; asked: PageNarrowing }) {
  const t = useTexts('narrowing')
  const id = useId()
  const { checklists, species, hasPlaces } = model
  const { narrowing, setChecklist, setPlace } = asked
  if (checklists.length === 0 && !hasPlaces) return null
  return (
    <details className={styles.panel} data-testid="narrowing">
      <summary>{t('title')}</summary>
      <div className={styles.fields}>
        {checklists.length === 0 ? null : (
          <div className={styles.field}>
            <label htmlFor={id}>{t('list')}</label>
            <select
              id={id}
              value={narrowing.checklist ?? ''}
              onChange={({ target }) => setChecklist(target.value === '' ? null : target.value)}
            >
              <option value="">{t('all', { species })}</option>
              {checklists.map((list) => (
                <option key={list.name} value={list.name}>
                  {t('listed', { name: list.name, species: list.species })}
                </option>
              ))}
            </select>
          </div>
        )}
        {hasPlaces ? <PlaceField place={narrowing.place} onPlace={setPlace} /> : null}
      </div>
    </details>
  )
}
