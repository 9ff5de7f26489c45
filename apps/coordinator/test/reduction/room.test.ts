import { describe, expect, it } from 'vitest'
import { BUFFER_BYTES, PAGE_BYTES, PageReader } from '../../src/reduction/pages.ts'
import { Room } from '../../src/reduction/room.ts'

function open(pages: number) {
  const reader = new PageReader()
  let buffers = 0
  const room = new Room(pages * PAGE_BYTES, (buffer) => {
    buffers++
    reader.addBuffer(buffer)
  })
  return { room, reader, buffers: () => buffers }
}

/** Whether the promise is settled once all that can happen now has happened. */
async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol()
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending
}

describe('the room for bodies', () => {
  it('what is written in pieces of any size is read back from any place', async () => {
    const { room, reader } = open(8)
    // The second body's pages lie where the first and the third left gaps.
    const first = (await room.take(PAGE_BYTES))!
    const kept = (await room.take(PAGE_BYTES))!
    first.release()
    const bytes = Uint8Array.from({ length: 3 * PAGE_BYTES + 77 }, (_, i) => (i * 31) ^ (i >> 8))
    const body = (await room.take(bytes.length))!
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 5) % 99_991) {
      expect(body.write(bytes.subarray(at, at + size))).toBe(true)
    }
    expect(body.length).toBe(bytes.length)
    expect(Buffer.concat([...reader.views(body.paged())]).equals(bytes)).toBe(true)
    expect(reader.bytes(body.paged(), PAGE_BYTES - 5, 2 * PAGE_BYTES)).toEqual(
      bytes.slice(PAGE_BYTES - 5, 3 * PAGE_BYTES - 5),
    )
    expect(body.read(70_000, 10)).toEqual(bytes.slice(70_000, 70_010))
    kept.release()
  })

  it('IN1: takes no byte more than there is room for', async () => {
    const body = (await open(4).room.take(10))!
    expect(body.write(new Uint8Array(11))).toBe(false)
    expect(body.write(new Uint8Array(10))).toBe(true)
    expect(body.write(new Uint8Array(1))).toBe(false)
    expect(body.length).toBe(10)
  })

  it('RS5: who does not fit waits, in the order of coming, and memory is bounded', async () => {
    const { room, buffers } = open(4)
    const first = (await room.take(3 * PAGE_BYTES))!
    const large = room.take(2 * PAGE_BYTES)
    // There would be room for it; but then the large one might wait for ever.
    const small = room.take(PAGE_BYTES)
    expect(await isWaiting(large)).toBe(true)
    expect(await isWaiting(small)).toBe(true)
    first.release()
    first.release()
    expect(await large).not.toBeNull()
    expect(await small).not.toBeNull()
    const none = room.take(2 * PAGE_BYTES)
    expect(await isWaiting(none)).toBe(true)
    ;(await large)!.release()
    expect(await none).not.toBeNull()
    expect(buffers()).toBe(1)
  })

  it('what is larger than the room has it alone', async () => {
    const { room, buffers } = open(2)
    const small = (await room.take(1))!
    const huge = room.take(BUFFER_BYTES + 1)
    expect(await isWaiting(huge)).toBe(true)
    small.release()
    const body = (await huge)!
    expect(buffers()).toBe(2)
    const other = room.take(1)
    expect(await isWaiting(other)).toBe(true)
    body.release()
    expect(await other).not.toBeNull()
  })

  it('who gives up while waiting lets the next one in, and takes nothing', async () => {
    const { room } = open(4)
    const first = (await room.take(3 * PAGE_BYTES))!
    const patience = new AbortController()
    const large = room.take(4 * PAGE_BYTES, patience.signal)
    const small = room.take(PAGE_BYTES)
    patience.abort()
    expect(await large).toBeNull()
    expect(await small).not.toBeNull()
    first.release()
    expect(await room.take(3 * PAGE_BYTES)).not.toBeNull()
    expect(await room.take(1, patience.signal)).toBeNull()
  })
})
