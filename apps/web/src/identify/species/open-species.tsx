/** The button of a candidate that opens its species. */
'use client'

import type { Species } from '@worldflora/protocol/species'
import { useState } from 'react'
import { createPortal } from 'react-dom'
import { useLanguage, useTexts } from '../../languages/use-texts.ts'
import { commonNameOf } from '../common-name.ts'
import styles from './open-species.module.css'
import { type OwnPlant, SpeciesDialog } from './species-dialog.tsx'

export function OpenSpecies({ species, own }: { species: Species; own: OwnPlant }) {
  const t = useTexts('species')
  const [isOpen, setOpen] = useState(false)
  const name = commonNameOf(species, useLanguage()) ?? species.scientificName
  return (
    <>
      <button
        type="button"
        className={styles.open}
        aria-haspopup="dialog"
        aria-label={t('openOf', { name })}
        onClick={() => setOpen(true)}
      >
        {t('open')}
      </button>
      {/* Outside of the answer, which is read out whenever something in it changes. */}
      {isOpen
        ? createPortal(
            <SpeciesDialog species={species} own={own} onClose={() => setOpen(false)} />,
            document.body,
          )
        : null}
    </>
  )
}
