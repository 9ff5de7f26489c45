/** Something that happens again and again, and can be waited for: everybody who waits hears the next ring, once. */
export class Bell {
  #ring: () => void = () => {}
  #next = this.#arm()

  next(): Promise<void> {
    return this.#next
  }

  ring(): void {
    const ring = this.#ring
    this.#next = this.#arm()
    ring()
  }

  #arm(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve
    })
  }
}
