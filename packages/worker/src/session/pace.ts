/** How fast this worker has been over its last tasks: the coordinator derives deadlines from it. */
const TASKS_REMEMBERED = 8

export class Pace {
  readonly #tasks: { images: number; ms: number }[] = []

  note(images: number, ms: number): void {
    this.#tasks.push({ images, ms: Math.max(ms, 1) })
    if (this.#tasks.length > TASKS_REMEMBERED) this.#tasks.shift()
  }

  /** null before the first task. */
  imagesPerSecond(): number | null {
    const images = this.#tasks.reduce((sum, task) => sum + task.images, 0)
    const ms = this.#tasks.reduce((sum, task) => sum + task.ms, 0)
    return images === 0 ? null : (images / ms) * 1000
  }

  /** Infinite before the first task. */
  msFor(images: number): number {
    return (images / (this.imagesPerSecond() ?? 0)) * 1000
  }
}
