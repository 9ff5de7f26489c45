/**
 * How a compute thread ends: it is terminated, whatever it does; unless it holds what would end the
 * process with it (a GPU, see dawn.ts). Then it is asked to leave. Which of the two, both sides read in one number, set once.
 */
import { parentPort, type Worker, workerData } from 'node:worker_threads'

const LEAVE = 'leave'
const [UNDECIDED, LEAVES_WHEN_ASKED, IS_TERMINATED] = [0, 1, 2]

/** What a thread is given: `end` for this file, `given` for the thread's own. */
type ThreadData = { end: Int32Array; given: unknown }

export function threadData(given: unknown): ThreadData {
  return { end: new Int32Array(new SharedArrayBuffer(4)), given }
}

/** From outside. Resolves when the thread is gone. */
export async function endThread(thread: Worker, { end }: ThreadData): Promise<void> {
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
  if (Atomics.compareExchange(end, 0, UNDECIDED, IS_TERMINATED) !== LEAVES_WHEN_ASKED) {
    await thread.terminate()
    return
  }
  thread.postMessage(LEAVE)
  await exited
}

/**
 * In the thread: from now on it is asked. `leave`: lets go of what it holds. Messages begin to come, so who else listens is there
 * already. Does not resolve if the thread is being terminated.
 */
export async function leaveWhenAsked(leave: () => Promise<void>): Promise<void> {
  const { end } = workerData as ThreadData
  if (Atomics.compareExchange(end, 0, UNDECIDED, LEAVES_WHEN_ASKED) === IS_TERMINATED)
    await new Promise(() => {})
  parentPort!.on('message', async (message) => {
    if (message !== LEAVE) return
    await leave()
    process.exit()
  })
}
