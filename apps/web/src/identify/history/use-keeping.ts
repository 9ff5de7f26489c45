/** Whether what is identified is kept on this device: yes, unless whoever uses it has switched that off. */
'use client'

import { useCallback, useEffect, useState } from 'react'
import { remember, storageOrNull } from '../../offline/storage.ts'

const KEY = 'worldflora:history'
const OFF = 'off'

/** `isOn` is null until it is known. */
export type Keeping = { isOn: boolean | null; choose(isOn: boolean): void }

export function useKeeping(): Keeping {
  const [isOn, setOn] = useState<boolean | null>(null)
  useEffect(() => {
    const read = () => setOn(storageOrNull()?.getItem(KEY) !== OFF)
    read()
    // Another tab switches it for this one too.
    addEventListener('storage', read)
    return () => removeEventListener('storage', read)
  }, [])
  const choose = useCallback((wanted: boolean) => {
    setOn(wanted)
    remember(storageOrNull(), KEY, wanted ? 'on' : OFF)
  }, [])
  return { isOn, choose }
}
