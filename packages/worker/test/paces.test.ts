import type { Lease } from '@worldflora/protocol/messages'
import { expect, test } from 'vitest'
import { Paces } from '../src/session/paces.ts'

const leaseOf = (train: 'all' | 'head', kind: string) =>
  ({ run: { train }, tasks: [{ kind }] }) as unknown as Lease

test('WK7: a head’s steps are of features; its evaluations, and the making of features, are of photos', () => {
  const paces = new Paces()
  paces.forLease(leaseOf('head', 'gradient')).note(3000, 1000)
  expect(paces.of('photos').perSecond()).toBeNull()
  paces.forLease(leaseOf('head', 'extract-features')).note(10, 1000)
  paces.forLease(leaseOf('head', 'evaluate')).note(20, 1000)
  paces.forLease(leaseOf('all', 'gradient')).note(30, 1000)
  expect(paces.of('photos').perSecond()).toBe(20)
  expect(paces.of('features').perSecond()).toBe(3000)
})
