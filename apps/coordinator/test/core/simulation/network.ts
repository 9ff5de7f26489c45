/**
 * What the network does to what is said over it. A socket keeps the order of its messages, in each direction, until it is cut;
 * what was under way then is lost, and each end notices in its own time. HTTP requests overtake messages and each other, get
 * lost, or arrive twice; so do their answers, except that nobody hears an answer twice.
 */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { Volunteer } from './volunteer.ts'
import type { World } from './world.ts'

/** Engine.io's pings: a socket that is silent for so long counts as gone. */
const SILENCE_MS = 45_000

export class Connection {
  readonly volunteer: Volunteer
  readonly workerId: WorkerId
  readonly #world: World
  #isCut = false
  #upAtMs = 0
  #downAtMs = 0

  constructor(world: World, volunteer: Volunteer, workerId: WorkerId) {
    this.#world = world
    this.volunteer = volunteer
    this.workerId = workerId
  }

  toCoordinator(act: () => void): void {
    this.#upAtMs = this.#carry(this.#upAtMs, act)
  }

  toVolunteer(act: () => void): void {
    this.#downAtMs = this.#carry(this.#downAtMs, act)
  }

  #carry(afterMs: number, act: () => void): number {
    const { time } = this.#world
    const atMs = Math.max(afterMs, time.nowMs + latency(this.#world))
    if (this.#isCut) return atMs
    time.after(atMs - time.nowMs, () => {
      if (!this.#isCut) act()
    })
    return atMs
  }

  /** `noticed`: after how long each end knows; Infinity if it is the one who did it. */
  cut(noticed: { byCoordinatorMs: number; byVolunteerMs: number }): void {
    if (this.#isCut) return
    this.#isCut = true
    const { time, coordinator } = this.#world
    const { byCoordinatorMs, byVolunteerMs } = noticed
    if (byCoordinatorMs < Infinity) time.after(byCoordinatorMs, () => coordinator.loseConnection(this))
    if (byVolunteerMs < Infinity) time.after(byVolunteerMs, () => this.volunteer.loseConnection(this))
  }
}

/** A lost connection is noticed at once, or after a long silence. */
export function noticeMs({ chance, scenario }: World): number {
  return chance.is(0.6) ? chance.exponential(scenario.latencyMs) : chance.exponential(SILENCE_MS)
}

export function latency({ chance, scenario }: World): number {
  return scenario.latencyMs * (0.5 + chance.uniform())
}

export type Exchange<Reply> = {
  uploadMs: number
  /** Null where nobody is there to answer. */
  handle(): Reply | null
  /** Null where no answer came. */
  onReply(reply: Reply | null): void
  /** Whether the volunteer has given it up, or is gone. */
  isAborted(): boolean
}

export function exchange<Reply>(
  world: World,
  { uploadMs, handle, onReply, isAborted }: Exchange<Reply>,
): void {
  const { time, chance } = world
  const { requestLost, replyLost, doubled } = world.trouble
  const answer = (reply: Reply | null, afterMs: number) =>
    time.after(afterMs, () => {
      if (!isAborted()) onReply(reply)
    })
  const arrive = () => {
    // Its last bytes may have been on their way already.
    if (isAborted() && chance.is(0.7)) return
    const reply = handle()
    const isLost = chance.is(replyLost)
    if (isLost) world.note('lost acknowledgement')
    answer(isLost ? null : reply, latency(world))
  }
  const arrivesAfterMs = latency(world) + uploadMs
  if (chance.is(requestLost)) {
    answer(null, arrivesAfterMs + chance.exponential(5000))
    return
  }
  time.after(arrivesAfterMs, arrive)
  if (!chance.is(doubled)) return
  world.note('doubled push')
  time.after(arrivesAfterMs + chance.exponential(10_000), () => void handle())
}
