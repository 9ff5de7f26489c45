/** What the run's status tells from outside, looked at many times a second: when each step became durable, and which checkpoint it is. */
import { setTimeout as wait } from 'node:timers/promises'
import type { RunStatus } from '@worldflora/protocol/runs'
import { Status } from '@worldflora/protocol/status'
import * as v from 'valibot'

const LOOK_EVERY_MS = 100
const ANSWER_MS = 2000

export type SeenStep = { step: number; atMs: number; checkpoint: string }

export class RunWatch {
  /** In order; a step that was over between two looks is missing. */
  readonly steps: SeenStep[] = []
  readonly #url: () => string
  readonly #run: string
  #hasEnded = false
  #onStep: () => void = () => {}

  /** `url`: of the coordinator, which may be down. */
  constructor(url: () => string, run: string) {
    this.#url = url
    this.#run = run
  }

  /** Looks until the run has finished. Throws if it pauses. */
  async untilFinished(onStep: (seen: SeenStep) => void): Promise<SeenStep> {
    for (;;) {
      const status = await this.#look()
      const seen = status === null ? null : this.#note(status)
      if (seen !== null) onStep(seen)
      if (status?.state === 'finished') break
      await wait(LOOK_EVERY_MS)
    }
    this.#hasEnded = true
    this.#onStep()
    return this.steps.at(-1)!
  }

  /** How long after `sinceMs` a result is accepted and a step durable. For a coordinator that has just started again. */
  async recoveryAfter(sinceMs: number): Promise<{ acceptedMs: number; durableMs: number }> {
    const before = this.steps.at(-1)?.step ?? 0
    const moved = () => (this.steps.at(-1)?.step ?? 0) > before || this.#hasEnded
    for (;;) {
      const status = await this.#look()
      if (moved() || (status !== null && status.tasks.accepted > 0)) break
      await wait(20)
    }
    const acceptedMs = performance.now() - sinceMs
    while (!moved()) {
      await new Promise<void>((resolve) => {
        this.#onStep = resolve
      })
    }
    return { acceptedMs, durableMs: performance.now() - sinceMs }
  }

  #note({ step, checkpoint, state, reason }: RunStatus): SeenStep | null {
    if (state === 'paused' || state === 'stopped') throw new Error(`the run is ${state}: ${reason}`)
    if (step === (this.steps.at(-1)?.step ?? 0)) return null
    const seen = { step, checkpoint, atMs: performance.now() }
    this.steps.push(seen)
    this.#onStep()
    return seen
  }

  async #look(): Promise<RunStatus | null> {
    try {
      const response = await fetch(`${this.#url()}/api/status`, { signal: AbortSignal.timeout(ANSWER_MS) })
      if (!response.ok) return null
      const { runs } = v.parse(Status, await response.json())
      return runs.find(({ id }) => id === this.#run) ?? null
    } catch {
      return null
    }
  }
}
