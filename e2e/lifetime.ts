/** Until when what a test starts goes on: to its own end, or, for what a file's tests share, to the file's. */
import { onTestFinished } from 'vitest'

type End = () => unknown

let shared: End[] | null = null

export function atEnd(end: End): void {
  if (shared === null) onTestFinished(async () => void (await end()))
  else shared.push(end)
}

/** For `beforeAll`, to which it returns the end of everything that `start` has started. */
export async function shareAmongTests(start: () => Promise<void>): Promise<() => Promise<void>> {
  const ends: End[] = []
  const endAll = async () => {
    for (const end of ends.reverse()) await end()
  }
  shared = ends
  try {
    await start()
  } catch (error) {
    await endAll()
    throw error
  } finally {
    shared = null
  }
  return endAll
}
