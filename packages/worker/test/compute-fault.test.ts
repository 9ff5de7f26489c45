import { expect, test } from 'vitest'
import { faultOf } from '../src/session/compute-fault.ts'

test.each([
  'Array buffer allocation failed',
  'The compute thread is gone: Worker terminated due to reaching memory limit: JS heap out of memory',
  'Aborted(OOM). Build with -sASSERTIONS for more info.',
  'Cannot enlarge memory arrays to size 2147487744 bytes (OOM)',
])('a device without the memory for a chunk is unfit, not at fault: %s', (message) => {
  expect(faultOf(new Error(message)).code).toBe('out-of-memory')
})

test('any other failure is one', () => {
  expect(faultOf(new Error('photo 2 of the task: it has no JPEG header')).code).toBe('compute-failed')
  expect(faultOf('thrown as text')).toMatchObject({ code: 'compute-failed', message: 'thrown as text' })
})
