/** Whether it is still worth waiting for a run that does not advance, by the coordinator's hint of what is in its way. */

/** Workers take a while to start, and to try a GPU; on a busy machine long. */
const ACCEPTED_MS = 180_000

export class Standstill {
  #hint: string | null = null
  #sinceMs = 0

  /** The hint, when it is a new one. Throws when the same has stood for too long: the workers that there are cannot do the run. */
  look(hint: string | undefined, nowMs: number): string | null {
    if (hint === undefined || hint !== this.#hint) {
      this.#hint = hint ?? null
      this.#sinceMs = nowMs
      return this.#hint
    }
    if (nowMs - this.#sinceMs >= ACCEPTED_MS)
      throw new Error(`The run has not advanced for ${ACCEPTED_MS / 1000} s: ${hint}`)
    return null
  }
}
