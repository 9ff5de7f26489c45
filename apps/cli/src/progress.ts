/** Progress on stderr: one line that is rewritten on a terminal, a line every few seconds in a log. */

const LOG_EVERY_MS = 5000

export type Progress = {
  show(text: string): void
  /** Ends the line; the last text stays. */
  end(text?: string): void
}

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let shown = ''
  let loggedAtMs = Number.NEGATIVE_INFINITY
  return {
    show(text) {
      if (text === shown) return
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}`)
      } else {
        const nowMs = performance.now()
        if (nowMs - loggedAtMs < LOG_EVERY_MS) return
        loggedAtMs = nowMs
        stream.write(`${text}\n`)
      }
      shown = text
    },
    end(text) {
      const last = text ?? shown
      if (stream.isTTY) stream.write(`\r\x1b[K${last}\n`)
      else if (last !== shown) stream.write(`${last}\n`)
      shown = ''
    },
  }
}
