/** In a bench nothing is expected to be rejected: a rejection ends it, with its words. */
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'

export function accept<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(`${value.message} ${value.action}`)
  return value
}
