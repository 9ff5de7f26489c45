import { expect, it } from 'vitest'
import { type Connection, reopeningStore } from '../../src/store/reopening-store.ts'
import type { Store } from '../../src/store/store.ts'

/** Connections whose ends a test decides; `listRuns` says which one answers. */
function databases() {
  const world = { opened: 0, lost: new Set<number>(), isFull: false, isBroken: false }
  const open = async (): Promise<Connection> => {
    world.opened++
    const number = world.opened
    if (world.isBroken) throw new Error('cannot be read')
    const listRuns = async () => number
    const close = async () => {}
    return { store: { listRuns, close } as unknown as Store, isLost: () => world.lost.has(number) }
  }
  const checkRoom = async () => {
    if (world.isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  return { world, open: () => reopeningStore({ open, checkRoom }) }
}

it('DU3: a database that has ended is opened anew by the next call, once for all that wait', async () => {
  const { world, open } = databases()
  const store = await open()
  expect(await store.listRuns()).toBe(1)
  world.lost.add(1)
  expect(await Promise.all([store.listRuns(), store.listRuns(), store.listRuns()])).toEqual([2, 2, 2])
})

it('DU1, DU3: while there is no room it is not even tried, however often it is asked; then it is opened', async () => {
  const { world, open } = databases()
  const store = await open()
  world.lost.add(1)
  world.isFull = true
  for (let call = 0; call < 20; call++) await expect(store.listRuns()).rejects.toThrow('full')
  expect(world.opened).toBe(1)
  world.isFull = false
  expect(await store.listRuns()).toBe(2)
})

it('DU3: what cannot be opened three times is not tried again: the words say to start the coordinator anew', async () => {
  const { world, open } = databases()
  const store = await open()
  world.lost.add(1)
  world.isBroken = true
  for (let call = 0; call < 3; call++) await expect(store.listRuns()).rejects.toThrow('cannot be read')
  world.isBroken = false
  await expect(store.listRuns()).rejects.toMatchObject({
    rejection: { code: 'store-unavailable', action: expect.stringContaining('Start the coordinator anew') },
  })
  expect(world.opened).toBe(4)
  await store.close()
})
