/** A scientific name in its two styles of letters. */
import { partsOf } from '../words/scientific-name.ts'

export function ScientificName({ name }: { name: string }) {
  return (
    <span lang="la" dir="ltr" translate="no">
      {partsOf(name).map(({ text, italic }, i) => {
        const spaced = i === 0 ? text : ` ${text}`
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity and never move
        return italic ? <i key={i}>{spaced}</i> : <span key={i}>{spaced}</span>
      })}
    </span>
  )
}
