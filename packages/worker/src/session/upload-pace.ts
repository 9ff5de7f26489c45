/** How fast this worker's last uploads went: what is coded, and how large its leases are, follows from it. */
const UPLOADS_REMEMBERED = 4
/** Of smaller ones the time is the network's delay rather than its width. */
const LEAST_BYTES = 32_768

export class UploadPace {
  readonly #uploads: { bytes: number; ms: number }[] = []

  note(bytes: number, ms: number): void {
    if (bytes < LEAST_BYTES) return
    this.#uploads.push({ bytes, ms: Math.max(ms, 1) })
    if (this.#uploads.length > UPLOADS_REMEMBERED) this.#uploads.shift()
  }

  /** null before the first. */
  bytesPerSecond(): number | null {
    const bytes = this.#uploads.reduce((sum, upload) => sum + upload.bytes, 0)
    const ms = this.#uploads.reduce((sum, upload) => sum + upload.ms, 0)
    return bytes === 0 ? null : (bytes / ms) * 1000
  }
}
