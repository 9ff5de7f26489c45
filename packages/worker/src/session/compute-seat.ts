/**
 * The seat of the compute part: starts its thread, starts it again after it was terminated or died, and remembers how long
 * that takes. Calls reach it in the order they are made.
 */
import type { Device } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { Clock } from './clock.ts'
import type { ComputePort, ComputeThread, GpuTrial, Opened, OpenWish } from './compute-port.ts'

type Seated = {
  thread: ComputeThread
  /** The promise's answer, unless the thread is gone before: then it would never come. Nothing of it is held afterwards. */
  orGone<T>(answer: Promise<T>): Promise<T>
  end(reason: string): void
}

export class ComputeSeat {
  readonly #spawn: () => ComputeThread
  readonly #clock: Clock
  #seated: Seated | null = null
  #opening: Promise<void> | null = null
  #openMs = 0
  #generation = 0
  #trial: GpuTrial | null = null
  #isClosed = false
  readonly #ending = new Set<Promise<void>>()

  constructor(spawn: () => ComputeThread, clock: Clock) {
    this.#spawn = spawn
    this.#clock = clock
  }

  /** Counts the threads that there were: another one has nothing of what this one was given. */
  get generation(): number {
    return this.#generation
  }

  /** The first opening: finds the backend, and proves its class. Throws if the thread dies. */
  async open(wish: Omit<OpenWish, 'golden'>): Promise<Opened | Rejection> {
    const opened = await this.#open({ ...wish, golden: true })
    if (!isRejection(opened)) this.#trial = opened.trial
    return opened
  }

  /** Calls the compute part, which is opened again first if it is gone. Throws what it throws, and when it is gone. */
  async call<T>(device: Device, task: (compute: ComputePort) => Promise<T>): Promise<T> {
    if (this.#seated === null) {
      this.#opening ??= this.#openAgain(device).finally(() => {
        this.#opening = null
      })
    }
    if (this.#opening !== null) await this.#opening
    const { thread, orGone } = this.#seated ?? closed()
    return orGone(task(thread.compute))
  }

  /**
   * Leaves what is under way: ends its thread, unless it will be through sooner than a new thread is ready.
   * `remainingMs`: until it is through, as far as anybody knows.
   */
  abandon(remainingMs: number): void {
    if (remainingMs > this.#openMs) this.terminate()
  }

  /** At once, whatever it does. */
  terminate(): void {
    if (this.#seated === null) return
    const gone = this.#seated.thread.terminate().finally(() => this.#ending.delete(gone))
    this.#ending.add(gone)
    this.#seated.end('it was terminated')
  }

  /** For good: nothing is started any more. Resolves when no thread is left. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.terminate()
    await Promise.all(this.#ending)
  }

  /**
   * Once more if it throws: Chromium was seen to fail to load the thread's script on a first visit, and to load it the next
   * time.
   */
  async #open(wish: OpenWish): Promise<Opened | Rejection> {
    try {
      return await this.#openThread(wish)
    } catch {
      this.terminate()
      return this.#openThread(wish)
    }
  }

  #openThread(wish: OpenWish): Promise<Opened | Rejection> {
    const { thread, orGone } = this.#start()
    return orGone(thread.compute.open(wish))
  }

  #start(): Seated {
    if (this.#isClosed) return closed()
    const thread = this.#spawn()
    this.#generation++
    const failing = new Set<(error: Error) => void>()
    let gone: Error | null = null
    const seated: Seated = {
      thread,
      // Not a race with a promise of the thread's end: that would hold every answer for as long as the thread lives.
      orGone: (answer) =>
        new Promise((resolve, fail) => {
          if (gone !== null) fail(gone)
          failing.add(fail)
          answer.then(resolve, fail).finally(() => failing.delete(fail))
        }),
      end: (reason) => {
        if (this.#seated === seated) this.#seated = null
        gone ??= new Error(`The compute thread is gone: ${reason}`)
        for (const fail of failing) fail(gone)
      },
    }
    this.#seated = seated
    void thread.crashed.then(seated.end)
    return seated
  }

  async #openAgain({ backend }: Device): Promise<void> {
    const startedMs = this.#clock.nowMs()
    const opened = await this.#open({ backend, golden: false, trial: this.#trial })
    if (isRejection(opened)) throw new Error(opened.message)
    this.#openMs = this.#clock.nowMs() - startedMs
  }
}

function closed(): never {
  throw new Error('The compute thread is gone: the worker ends')
}
