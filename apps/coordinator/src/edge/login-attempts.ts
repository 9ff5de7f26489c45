/** How often an address may try to log in: guessing a 192-bit token is hopeless, and this keeps it cheap for us as well. */
const ATTEMPTS = 10
const WINDOW_MS = 60_000
const ADDRESSES_KEPT = 10_000

export class LoginAttempts {
  readonly #failures = new Map<string, number[]>()

  isAllowed(address: string, nowMs: number): boolean {
    return this.#recent(address, nowMs).length < ATTEMPTS
  }

  noteFailure(address: string, nowMs: number): void {
    this.#failures.set(address, [...this.#recent(address, nowMs), nowMs])
    if (this.#failures.size > ADDRESSES_KEPT) this.#failures.delete(this.#failures.keys().next().value!)
  }

  #recent(address: string, nowMs: number): number[] {
    return (this.#failures.get(address) ?? []).filter((atMs) => atMs > nowMs - WINDOW_MS)
  }
}
