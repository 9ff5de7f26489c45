/**
 * Several sessions of one machine, for several of its cores: each is a worker of its own to the coordinator. The first may take the
 * GPU, the others compute on the processor. How many there are can change at any time.
 */
import type { Activity } from './activity.ts'
import type { BackendChoice } from './compute-port.ts'
import { joined } from './crew-activity.ts'
import type { Session, SessionOutcome } from './session-options.ts'

/** `index`: its seat, from 0; who takes the seat of one that left has the same. */
export type Member = { index: number; backend: BackendChoice; onActivity(activity: Activity): void }

export type CrewOptions = {
  backend: BackendChoice
  start(member: Member): Session
  onActivity(activity: Activity): void
}

export class Crew {
  /** When the last of them has ended: why the first was refused that was. */
  readonly done: Promise<SessionOutcome>
  readonly #options: CrewOptions
  readonly #seats: Session[] = []
  /** Of all there were: what those who left have done counts. */
  readonly #latest: Activity[] = []
  #started = 0
  #here = 0
  #outcome: SessionOutcome = { kind: 'stopped' }
  #end: (outcome: SessionOutcome) => void = () => {}
  #isOver = false

  constructor(options: CrewOptions, count: number) {
    this.#options = options
    this.done = new Promise((resolve) => {
      this.#end = resolve
    })
    this.resize(count)
  }

  /** Who leaves gives back what it has in hand, at once. At least one stays. */
  resize(count: number): void {
    if (this.#isOver) return
    const wanted = Math.max(1, count)
    while (this.#seats.length < wanted) this.#seats.push(this.#start(this.#seats.length))
    for (const session of this.#seats.splice(wanted)) void session.stop()
  }

  /** At once. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#seats.map((session) => session.stop()))
    await this.done
  }

  #start(index: number): Session {
    const { backend, start, onActivity } = this.#options
    const member = this.#started++
    const session = start({
      index,
      backend: index > 0 && backend === 'auto' ? 'wasm' : backend,
      onActivity: (activity) => {
        this.#latest[member] = activity
        onActivity(joined(this.#latest))
      },
    })
    this.#here++
    void session.done.then((outcome) => this.#onEnded(session, outcome))
    return session
  }

  #onEnded(session: Session, outcome: SessionOutcome): void {
    this.#here--
    // A seat that was refused stays empty: what refused it would refuse the next.
    const isFirst = this.#outcome.kind === 'stopped' && this.#seats.includes(session)
    if (outcome.kind === 'rejection' && isFirst) this.#outcome = outcome
    if (this.#here > 0) return
    this.#isOver = true
    this.#end(this.#outcome)
  }
}
