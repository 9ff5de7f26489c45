/** The volunteer's choice of cores, and how many there are. */
'use client'

import { useCallback, useEffect, useState } from 'react'
import { storageOrNull } from '../offline/storage.ts'
import { keepCores, readCores } from './cores.ts'

export type Cores = { cores: number; available: number; choose(cores: number): void }

export function useCores(): Cores {
  const [available, setAvailable] = useState(1)
  const [cores, setCores] = useState(1)
  useEffect(() => {
    const all = navigator.hardwareConcurrency || 1
    setAvailable(all)
    setCores(readCores(storageOrNull(), all))
  }, [])
  const choose = useCallback((wanted: number) => {
    setCores(wanted)
    keepCores(storageOrNull(), wanted)
  }, [])
  return { cores, available, choose }
}
