/** Works on a few items at once and gives the results in the items' order: bounded memory, and no order left to chance. */

export async function* inOrder<T, R>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = []
  try {
    for (const item of items) {
      const result = work(item)
      // Its failure is heard when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined)
      underWay.push(result)
      if (underWay.length >= atOnce) yield await underWay.shift()!
    }
    while (underWay.length > 0) yield await underWay.shift()!
  } finally {
    // After a failure, or a consumer that stops early, nothing is left running.
    await Promise.allSettled(underWay)
  }
}
