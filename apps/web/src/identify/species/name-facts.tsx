/** What a species is called, by whom, and where else it is described. Links are followed by a press alone. */
'use client'

import type { Species } from '@worldflora/protocol/species'
import type { ReactNode } from 'react'
import { ScientificName } from '../../design/scientific-name.tsx'
import { useLanguage, useTexts } from '../../languages/use-texts.ts'
import { commonNamesOf } from '../common-name.ts'
import styles from './name-facts.module.css'
import { gbifAddressOf, powoAddressOf } from './species-links.ts'

/** More than so many synonyms are shown when asked for. */
const FEW_SYNONYMS = 3

export function NameFacts({ species }: { species: Species }) {
  const t = useTexts('species')
  const { names, language } = commonNamesOf(species, useLanguage())
  const { family, synonyms = [] } = species
  const others = names.slice(1)
  const [gbif, powo] = [gbifAddressOf(species), powoAddressOf(species)]
  return (
    <dl className={styles.facts} data-testid="name-facts">
      <Fact name={t('accepted')}>
        <FullName species={species} />
      </Fact>
      {others.length === 0 ? null : (
        <Fact name={t('alsoCalled')}>
          <ul lang={language ?? undefined} className={styles.names} data-testid="common-names">
            {others.map((name) => (
              <li key={name} dir="auto">
                {name}
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {family === undefined ? null : (
        <Fact name={t('family')}>
          <span lang="la" dir="ltr" translate="no">
            {family}
          </span>
        </Fact>
      )}
      {synonyms.length === 0 ? null : (
        <Fact name={t('synonyms')}>
          {synonyms.length <= FEW_SYNONYMS ? (
            <Synonyms names={synonyms} />
          ) : (
            <details>
              <summary>{t('showSynonyms', { count: synonyms.length })}</summary>
              <Synonyms names={synonyms} />
            </details>
          )}
        </Fact>
      )}
      <RedList category={species.iucnCategory} />
      {gbif === null && powo === null ? null : (
        <Fact name={t('elsewhere')}>
          <span className={styles.links}>
            {gbif === null ? null : <Elsewhere address={gbif}>{t('gbif')}</Elsewhere>}
            {powo === null ? null : <Elsewhere address={powo}>{t('powo')}</Elsewhere>}
          </span>
        </Fact>
      )}
    </dl>
  )
}

/** With whoever named it, upright. */
export function FullName({ species: { scientificName, authorship } }: { species: Species }) {
  const isSaid = authorship === undefined || scientificName.endsWith(authorship)
  return (
    <span lang="la" dir="ltr" translate="no">
      <ScientificName name={scientificName} />
      {isSaid ? null : ` ${authorship}`}
    </span>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Synonyms({ names }: { names: readonly string[] }) {
  return (
    <ul className={styles.synonyms} data-testid="synonyms">
      {names.map((name) => (
        <li key={name}>
          <ScientificName name={name} />
        </li>
      ))}
    </ul>
  )
}

/** A category that is none of the red list’s is shown as it was given. */
function RedList({ category }: { category: string | undefined }) {
  const t = useTexts('species')
  if (category === undefined) return null
  const known = category.trim().toUpperCase() as 'LC'
  return (
    <Fact name={t('redList')}>
      {t.has(`iucn.${known}`) ? (
        <>
          {t(`iucn.${known}`)} <span className={styles.code}>{known}</span>
        </>
      ) : (
        category
      )}
    </Fact>
  )
}

function Elsewhere({ address, children }: { address: string; children: ReactNode }) {
  return (
    <a href={address} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  )
}
