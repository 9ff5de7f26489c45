/** How many cores a volunteer lends: theirs to choose, kept on this machine, one to begin with. */
const KEY = 'worldflora:cores'

export function readCores(storage: Storage | null, available: number): number {
  const kept = Number(storage?.getItem(KEY))
  return Number.isInteger(kept) && kept > 0 ? Math.min(kept, available) : 1
}

export function keepCores(storage: Storage | null, cores: number): void {
  storage?.setItem(KEY, String(cores))
}

/** How much of the machine that is. */
export function partOfCores(cores: number, available: number): 'all' | 'most' | 'some' {
  if (cores === available && available > 1) return 'all'
  return cores * 2 > available ? 'most' : 'some'
}
