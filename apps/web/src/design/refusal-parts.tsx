/** A Rejection for a reader: what went wrong, and what to do. */
import type { Rejection } from '@worldflora/protocol/rejection'
import { useRefusalWords } from '../languages/refusal-words.ts'

export function RefusalParts({ rejection }: { rejection: Rejection }) {
  const { message, action } = useRefusalWords()(rejection)
  return (
    <>
      <p>{message}</p>
      <p>{action}</p>
    </>
  )
}
