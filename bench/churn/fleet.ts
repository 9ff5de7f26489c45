/** So many worker processes, each limited to its slot's pace and with a line of its own; faults hit them, and who is lost is replaced. */
import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { WorkerFault } from './fault-plan.ts'
import { Line } from './line.ts'

/** Who was away for long delivers what it has, late, and is then told to go: its slot has another worker by now. */
const LATE_WORK_MS = 5000

export type FleetOptions = {
  entry: string
  port: number
  /** Images per second of each; null for as fast as it can. */
  paces: (number | null)[]
  /** Only what others leave of the machine. */
  yields?: boolean
}

type Member = { line: Line; child: ChildProcess }

export class Fleet {
  readonly #options: FleetOptions
  readonly #members: Member[] = []
  readonly #all = new Set<Member>()
  /** Those a fault has taken out of their slot. */
  readonly #leaving = new Set<Member>()
  #isEnding = false
  /** Workers that ended without anybody's doing. There should be none. */
  unexpectedEnds = 0

  private constructor(options: FleetOptions) {
    this.#options = options
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options)
    for (const slot of options.paces.keys()) fleet.#members[slot] = await fleet.#start(slot)
    return fleet
  }

  /** Resolves when every worker's line has carried an answer. */
  async whenConnected(): Promise<void> {
    while (!this.#members.every(({ line }) => line.hasCarried)) await wait(100)
  }

  /** `victim`: in [0, 1), which of the workers it can hit. False if there is none. */
  inflict(kind: WorkerFault, victim: number, lastsMs: number): boolean {
    const slots = [...this.#members.keys()].filter((slot) => {
      const member = this.#members[slot]!
      if (this.#leaving.has(member)) return false
      const { line } = member
      return kind === 'severed' || kind === 'frozen' ? line.isConnected : line.hasCarried
    })
    const slot = slots[Math.floor(victim * slots.length)]
    if (slot === undefined) return false
    const member = this.#members[slot]!
    switch (kind) {
      case 'killed':
        this.#replace(slot)
        member.child.kill('SIGKILL')
        return true
      case 'severed':
        member.line.sever()
        return true
      case 'frozen':
        this.#replace(slot)
        member.line.freeze()
        void this.#retire(member, lastsMs, () => member.line.thaw())
        return true
      case 'stopped':
        this.#replace(slot)
        member.child.kill('SIGSTOP')
        void this.#retire(member, lastsMs, () => member.child.kill('SIGCONT'))
        return true
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true
    for (const { child } of this.#all) child.kill('SIGKILL')
    while (this.#all.size > 0) await wait(20)
  }

  async #start(slot: number): Promise<Member> {
    const { entry, port, paces, yields = false } = this.#options
    const line = await Line.open(port)
    const pace = paces[slot]
    const child = fork(entry, pace == null ? [line.url] : [line.url, String(pace)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    })
    if (yields) setPriority(child.pid!, 19)
    const member = { line, child }
    this.#all.add(member)
    child.once('exit', (code, signal) => {
      line.close()
      this.#all.delete(member)
      if (this.#isEnding || this.#leaving.delete(member)) return
      this.unexpectedEnds++
      console.error(`a worker ended by itself (${code ?? signal})`)
      this.#replace(slot)
    })
    return member
  }

  #replace(slot: number): void {
    this.#leaving.add(this.#members[slot]!)
    void this.#start(slot).then((member) => {
      this.#members[slot] = member
    })
  }

  async #retire(member: Member, lastsMs: number, wake: () => void): Promise<void> {
    await wait(lastsMs)
    wake()
    await wait(LATE_WORK_MS)
    member.child.kill('SIGTERM')
  }
}
