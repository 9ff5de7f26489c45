/** How often an address may try something within a time. In memory alone: no address is ever written down. */
const ADDRESSES_KEPT = 10_000
/** Who has 65 536 networks of IPv6 may do so many times as much as who has one. */
const TIMES_OF_A_SITE = 8

export type Allowance = { attempts: number; windowMs: number }

export class Attempts {
  readonly #allowance: Allowance
  readonly #past = new Map<string, number[]>()

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  isAllowed(address: string, nowMs: number): boolean {
    return networksOf(address).every(
      ({ name, times }) => this.#recent(name, nowMs).length < this.#allowance.attempts * times,
    )
  }

  note(address: string, nowMs: number): void {
    for (const { name } of networksOf(address)) {
      const recent = this.#recent(name, nowMs)
      // Set anew it is the last to be forgotten.
      this.#past.delete(name)
      this.#past.set(name, [...recent, nowMs])
      if (this.#past.size > ADDRESSES_KEPT) this.#past.delete(this.#past.keys().next().value!)
    }
  }

  #recent(network: string, nowMs: number): number[] {
    return (this.#past.get(network) ?? []).filter((atMs) => atMs > nowMs - this.#allowance.windowMs)
  }
}

type Network = { name: string; times: number }

/** With IPv6 one machine has as many addresses as it likes: a provider gives a home the first half (/64), and a site /48. */
function networksOf(address: string): Network[] {
  if (!address.includes(':') || address.includes('.')) return [{ name: address, times: 1 }]
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const whole = [...first, ...(tail === undefined ? [] : zeros), ...last]
  return [
    { name: whole.slice(0, 4).join(':'), times: 1 },
    { name: whole.slice(0, 3).join(':'), times: TIMES_OF_A_SITE },
  ]
}
