/**
 * PGlite that knows when its Postgres has ended. On a full disk in the middle of its log Postgres aborts (PANIC), and PGlite
 * then asks the dead program again and again inside one synchronous call: the whole process would hang. Here such a client
 * fails at once, and whoever holds it may open the folder anew: Postgres recovers from its log, as after a kill.
 */
import { PGlite } from '@electric-sql/pglite'

type Program = { _PostgresMainLoopOnce(): void; stackRestore(to: number): void }

/** Of PGlite's 128 MB, most would be zeroed at every start (half a second) and never used. */
const START = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

export class MortalPglite extends PGlite {
  #end: Error | null = null

  static async open(folder: string | null): Promise<MortalPglite> {
    const options = { startParams: START }
    const client = folder === null ? new MortalPglite(options) : new MortalPglite(folder, options)
    await client.waitReady
    client.#watch()
    return client
  }

  get isLost(): boolean {
    return this.#end !== null
  }

  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    if (this.#end !== null) throw this.#end
    return super.execProtocolRawSync(message)
  }

  override async close(): Promise<void> {
    if (this.#end === null) await super.close()
  }

  /** PGlite swallows whatever its main loop throws, and throws only what putting the stack back does. */
  #watch(): void {
    const program = this.mod as unknown as Program
    const once = program._PostgresMainLoopOnce
    const restore = program.stackRestore
    let isAskedAgain = false
    program._PostgresMainLoopOnce = () => {
      isAskedAgain = this.#end !== null
      if (this.#end !== null) throw this.#end
      try {
        once()
      } catch (error) {
        if (!this.#isLongJump(error)) this.#end = new Error('Postgres has ended', { cause: error })
        throw error
      }
    }
    program.stackRestore = (to) => {
      if (isAskedAgain && this.#end !== null) throw this.#end
      restore(to)
    }
  }

  /** Postgres's way out of an ordinary error. */
  #isLongJump(error: unknown): boolean {
    const { POSTGRES_MAIN_LONGJMP } = this as unknown as { POSTGRES_MAIN_LONGJMP: number }
    return (error as { status?: unknown } | null)?.status === POSTGRES_MAIN_LONGJMP
  }
}
