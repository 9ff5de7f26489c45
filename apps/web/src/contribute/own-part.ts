/** How much of the step that the site shows is this machine's. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import type { Activity, StepShare } from '@worldflora/worker/browser'
import { useEffect, useState } from 'react'

/** What the site tells of a step comes a little later than what this machine knows: mine are never more than there are. */
export function ownPart({ id, step, tasks }: RunStatus, shares: readonly StepShare[]) {
  const share = shares.find((one) => one.run === id && one.step === step)
  if (share === undefined) return { mine: 0, inHand: 0 }
  return { mine: Math.min(share.accepted, tasks.accepted), inHand: share.inHand }
}

/** This machine may be at the next step before the site has told that the last one is over: that one's share stays until then. */
export function sharesAfter(before: readonly StepShare[], share: StepShare): StepShare[] {
  const [last] = before
  if (last === undefined) return [share]
  const isNext = last.run !== share.run || last.step !== share.step
  return isNext ? [share, { ...last, inHand: 0 }] : [share, ...before.slice(1)]
}

export function useShares(activity: Activity | null): readonly StepShare[] {
  const [shares, setShares] = useState<readonly StepShare[]>([])
  const share = activity?.share ?? null
  useEffect(() => {
    if (share !== null) setShares((before) => sharesAfter(before, share))
  }, [share])
  return shares
}
