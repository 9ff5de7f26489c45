/** The reference photos of a species: asked for once somebody looks at it. The service worker keeps what has been seen. */
'use client'

import type { Hash } from '@worldflora/protocol/ids'
import { ReferencePhotos } from '@worldflora/protocol/reference-photos'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import { useEffect, useState } from 'react'
import { readJson } from '../../coordinator/read.ts'
import type { ReferencePhoto } from './organ-groups.ts'

export type References =
  | { kind: 'looking' }
  | { kind: 'found'; photos: ReferencePhoto[] }
  /** No network; or another model is published now, whose flora has them no more. */
  | { kind: 'out-of-reach' }

export function useReferences(flora: Hash, species: string): References {
  const [references, setReferences] = useState<References>({ kind: 'looking' })
  useEffect(() => {
    let current = true
    const path = `/api/references/${flora}/${encodeURIComponent(species)}`
    void readJson(path, (body) => parseOrReject(ReferencePhotos, body, 'the reference photos')).then(
      (answer) => {
        if (!current) return
        setReferences(
          isRejection(answer) ? { kind: 'out-of-reach' } : { kind: 'found', photos: answer.photos },
        )
      },
    )
    return () => {
      current = false
    }
  }, [flora, species])
  return references
}

export function addressOf({ shard, sample }: ReferencePhoto): string {
  return `/v2/photos/${shard}/${sample}.jpg`
}
