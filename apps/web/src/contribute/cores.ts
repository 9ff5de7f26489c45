/** How many cores a volunteer lends: theirs to choose, kept on this machine, one to begin with. */
const KEY = 'worldflora:cores'

export function readCores(storage: Storage | null, available: number): number {
  const kept = Number(storage?.getItem(KEY))
  return Number.isInteger(kept) && kept > 0 ? Math.min(kept, available) : 1
}

export function keepCores(storage: Storage | null, cores: number): void {
  storage?.setItem(KEY, String(cores))
}

/** What the choice means for the machine. */
export function coresWords(cores: number, available: number): string {
  if (cores === available && available > 1)
    return 'All of them: the fastest, but other programs will feel it.'
  if (cores * 2 > available) return 'Most of them: fine while you do little else.'
  return 'The rest stays free for whatever else you do.'
}
