/** What the churn's figures depend on: when steps were over, which fault comes when, and a line that can be cut. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { CheckpointLedger } from '../churn/checkpoint-ledger.ts'
import { FAULT_KINDS, faultAt } from '../churn/fault-plan.ts'
import { imagesPerSecond, percentileMs, stepTimesMs } from '../churn/figures.ts'
import { Line } from '../churn/line.ts'

const step = (number: number, atMs: number, checkpoint = `after ${number}`) => ({
  step: number,
  atMs,
  checkpoint,
})

describe('the figures of a churn', () => {
  const steps = [step(1, 1000), step(2, 3000), step(4, 9000), step(5, 10_000)]

  it('takes step times from what was seen; steps that were seen together have their mean', () => {
    expect(stepTimesMs(steps, 1, 5)).toEqual([2000, 3000, 3000, 1000])
    expect(stepTimesMs(steps, 2, 4)).toEqual([3000, 3000])
    expect(stepTimesMs(steps, 1, 5, new Set([4, 5]))).toEqual([2000, 3000])
  })

  it('has percentiles by nearest rank, and none of nothing', () => {
    expect(percentileMs([30, 10, 20, 40], 0.5)).toBe(20)
    expect(percentileMs([30, 10, 20, 40], 0.99)).toBe(40)
    expect(percentileMs([], 0.5)).toBeNull()
    expect(imagesPerSecond([500, 1500], 100)).toBe(100)
    expect(imagesPerSecond([], 100)).toBeNull()
  })

  it('finds the first step whose checkpoints differ, whoever was there first', () => {
    const ledger = new CheckpointLedger()
    for (const seen of [step(1, 0), step(2, 0), step(3, 0)]) ledger.note(seen)
    for (const seen of [step(1, 9), step(3, 9, 'other'), step(2, 9, 'other')]) ledger.note(seen)
    expect(ledger).toMatchObject({ compared: 3, difference: 2 })
  })
})

describe('the faults of a churn', () => {
  const faults = Array.from({ length: 1000 }, (_, n) => faultAt(1, n))

  it('are the same for the same seed, and others for another', () => {
    expect(Array.from({ length: 1000 }, (_, n) => faultAt(1, n))).toEqual(faults)
    expect(Array.from({ length: 1000 }, (_, n) => faultAt(2, n))).not.toEqual(faults)
  })

  it('are of every kind, and one in a hundred hits the coordinator', () => {
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS))
    expect(faults.filter(({ kind }) => kind === 'coordinator-killed')).toHaveLength(10)
  })
})

describe('a line to the coordinator', () => {
  let server: Server
  let line: Line
  const accepted: Socket[] = []

  /** Answers each byte with the same. */
  async function openEcho(): Promise<void> {
    server = createServer((socket) => {
      accepted.push(socket)
      socket.on('error', () => {}).pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    line = await Line.open((server.address() as { port: number }).port)
  }

  function call(): Socket {
    return connect(Number(new URL(line.url).port), '127.0.0.1').on('error', () => {})
  }

  const next = (socket: Socket, event: 'data' | 'close') =>
    new Promise<unknown>((resolve) => socket.once(event, resolve))

  afterEach(() => {
    line.close()
    server.close()
    for (const socket of accepted.splice(0)) socket.destroy()
  })

  it('carries bytes both ways; severed, every connection ends and a new one is carried', async () => {
    await openEcho()
    const first = call()
    first.write('a')
    expect(String(await next(first, 'data'))).toBe('a')
    expect(line).toMatchObject({ hasCarried: true, isConnected: true })
    const closed = next(first, 'close')
    line.sever()
    await closed
    const second = call()
    second.write('b')
    expect(String(await next(second, 'data'))).toBe('b')
    second.destroy()
  })

  it('frozen, carries nothing and closes nothing; thawed, what was sent meanwhile arrives', async () => {
    await openEcho()
    const frozen = call()
    frozen.write('a')
    await next(frozen, 'data')
    const heard: string[] = []
    frozen.on('data', (bytes) => heard.push(String(bytes)))
    line.freeze()
    frozen.write('b')
    // A second line to the same server: what it hears, the first would have heard long ago.
    const other = await Line.open((server.address() as { port: number }).port)
    const witness = connect(Number(new URL(other.url).port), '127.0.0.1')
    for (const byte of ['1', '2', '3']) {
      witness.write(byte)
      await next(witness, 'data')
    }
    expect(heard).toEqual([])
    expect(frozen.destroyed).toBe(false)
    const arrival = next(frozen, 'data')
    line.thaw()
    expect(String(await arrival)).toBe('b')
    witness.destroy()
    other.close()
    frozen.destroy()
  })
})
