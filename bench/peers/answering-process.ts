/** A child that answers lines with lines, as a peer that measures when it is asked to. That it has ended is an error, not silence. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export class AnsweringProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers: AsyncIterator<string>
  readonly #ended: Promise<never>

  constructor(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
    // Who writes to one that has ended is told so by #ended.
    this.#child.stdin.on('error', () => {})
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
    this.#ended = new Promise((_, fail) => {
      this.#child.once('error', (error) => fail(new Error(`${name} did not start: ${error.message}`)))
      this.#child.once('close', (code, signal) =>
        fail(new Error(`${name} has ended (${signal ?? `exit code ${code}`}); its last words stand above.`)),
      )
    })
    this.#ended.catch(() => {})
  }

  /** What it says next. */
  async hear(): Promise<string> {
    const { value, done } = await Promise.race([this.#answers.next(), this.#ended])
    return done ? this.#ended : value
  }

  ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`)
    return this.hear()
  }

  /** It ends by itself when it has nothing more to read. */
  close(): void {
    this.#child.stdin.end()
  }
}
