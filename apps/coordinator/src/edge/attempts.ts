/** How often an address may try something within a time. In memory alone: no address is ever written down. */
const ADDRESSES_KEPT = 10_000

export type Allowance = { attempts: number; windowMs: number }

export class Attempts {
  readonly #allowance: Allowance
  readonly #past = new Map<string, number[]>()

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  isAllowed(address: string, nowMs: number): boolean {
    return this.#recent(networkOf(address), nowMs).length < this.#allowance.attempts
  }

  note(address: string, nowMs: number): void {
    const network = networkOf(address)
    const recent = this.#recent(network, nowMs)
    // Set anew it is the last to be forgotten.
    this.#past.delete(network)
    this.#past.set(network, [...recent, nowMs])
    if (this.#past.size > ADDRESSES_KEPT) this.#past.delete(this.#past.keys().next().value!)
  }

  #recent(network: string, nowMs: number): number[] {
    return (this.#past.get(network) ?? []).filter((atMs) => atMs > nowMs - this.#allowance.windowMs)
  }
}

/** With IPv6 one machine has as many addresses as it likes: what its provider gives it is the first half. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...(tail === undefined ? [] : zeros), ...last].slice(0, 4).join(':')
}
