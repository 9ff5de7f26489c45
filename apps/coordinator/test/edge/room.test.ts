import { describe, expect, it } from 'vitest'
import { SharedRoom } from '../../src/edge/room.ts'

describe('a room that is shared', () => {
  it('PN2: who has a share waits for their own, while others come in; what was theirs is free again afterwards', async () => {
    const room = new SharedRoom(10, 6)
    const entered: string[] = []
    const leave = new Map<string, () => void>()
    const enter = (who: string, name: string, bytes: number) =>
      room.hold(who, bytes, () => {
        entered.push(name)
        return new Promise<void>((resolve) => leave.set(name, resolve))
      })
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

    const first = enter('greedy', 'first', 4)
    const second = enter('greedy', 'second', 4)
    const other = enter('other', 'other', 6)
    await turn()
    expect(entered).toEqual(['first', 'other'])
    leave.get('first')!()
    await first
    await turn()
    expect(entered).toEqual(['first', 'other', 'second'])
    leave.get('second')!()
    leave.get('other')!()
    await Promise.all([second, other])

    // Larger than a share: all of it.
    const whole = enter('greedy', 'whole', 99)
    await turn()
    expect(entered.at(-1)).toBe('whole')
    leave.get('whole')!()
    await whole
  })
})
