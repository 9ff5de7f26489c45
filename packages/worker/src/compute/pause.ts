/** Lets a thread hear what it was told meanwhile. A timer would wait for milliseconds; this takes none in a tab or in Node. */

export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
