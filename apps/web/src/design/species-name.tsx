/** A species by both its names: the common one, if it has one, and the scientific one. */
import { ScientificName } from './scientific-name.tsx'
import styles from './species-name.module.css'

export function SpeciesName({
  commonName,
  scientificName,
}: {
  commonName: string | undefined
  scientificName: string
}) {
  return (
    <>
      {commonName === undefined ? null : `${commonName} `}
      <span className={styles.scientific}>
        <ScientificName name={scientificName} />
      </span>
    </>
  )
}
