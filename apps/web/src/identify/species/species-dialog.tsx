/** A species beside one's own photos: how it looks elsewhere, what it is called, where more is said of it. */
'use client'

import type { Organ } from '@worldflora/protocol/calibration'
import type { Hash } from '@worldflora/protocol/ids'
import type { Species } from '@worldflora/protocol/species'
import { useId } from 'react'
import { Button } from '../../design/button.tsx'
import { Modal } from '../../design/modal.tsx'
import { useLanguage, useTexts } from '../../languages/use-texts.ts'
import { commonNamesOf } from '../common-name.ts'
import type { PlantPhoto } from '../plant-photos.ts'
import { FullName, NameFacts } from './name-facts.tsx'
import { ReferenceGallery } from './reference-gallery.tsx'
import styles from './species-dialog.module.css'
import { useReferences } from './use-references.ts'

/** What is compared with. */
export type OwnPlant = {
  photos: readonly PlantPhoto[]
  /** As said of each photo, or else suggested. */
  organs: readonly (Organ | null)[]
  flora: { name: string; hash: Hash }
}

export function SpeciesDialog({
  species,
  own: { photos, organs, flora },
  onClose,
}: {
  species: Species
  own: OwnPlant
  onClose: () => void
}) {
  const t = useTexts('species')
  const titleId = useId()
  const references = useReferences(flora.hash, species.id)
  const { names, language } = commonNamesOf(species, useLanguage())
  return (
    <Modal titleId={titleId} shape="picture" onLeave={onClose}>
      <div className={styles.sheet} data-testid="species">
        <header className={styles.head}>
          <div>
            <h2 id={titleId} className={styles.title}>
              {names[0] === undefined ? (
                <FullName species={species} />
              ) : (
                <span lang={language ?? undefined} dir="auto">
                  {names[0]}
                </span>
              )}
            </h2>
            {names[0] === undefined ? null : (
              <p className={styles.scientific}>
                <FullName species={species} />
              </p>
            )}
          </div>
          <Button onClick={onClose}>{t('close')}</Button>
        </header>
        <div className={styles.compare}>
          <section className={styles.own} aria-label={t('yours')}>
            <h3>{t('yours')}</h3>
            <div className={styles.ownPhotos}>
              {photos.map(({ id, url }, i) => (
                // biome-ignore lint/performance/noImgElement: an object URL, which no image service could serve
                <img key={id} src={url} alt={t('yourPhoto', { number: i + 1 })} />
              ))}
            </div>
          </section>
          <section
            aria-label={t('references', { flora: flora.name })}
            aria-busy={references.kind === 'looking'}
          >
            <h3>{t('references', { flora: flora.name })}</h3>
            <ReferenceGallery references={references} name={species.scientificName} own={organs} />
          </section>
        </div>
        <NameFacts species={species} />
      </div>
    </Modal>
  )
}
