/** `worldflora work`: this machine as a worker, until it is stopped. */

import { isRejection, reject } from '@worldflora/protocol/rejection'
import { runNodeWorker } from '@worldflora/worker/node'
import { openProgress } from '../progress.ts'
import { Refused } from '../report.ts'

export async function work(options: {
  url: string
  backend: 'auto' | 'wasm' | 'webgpu' | 'cpu'
  imagesPerSecond?: number
  quiet: boolean
}): Promise<void> {
  if (!URL.canParse(options.url)) {
    throw new Refused(
      reject('bad-address', `“${options.url}” is not an address.`, 'Give one like http://127.0.0.1:8420.'),
    )
  }
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
  // Started by another command: end with it, however it ended, but do not live for it alone.
  process.once('disconnect', () => stop.abort())
  process.channel?.unref()
  const progress = options.quiet ? null : openProgress()
  const outcome = await runNodeWorker({
    url: options.url,
    backend: options.backend,
    ...(options.imagesPerSecond === undefined ? {} : { imagesPerSecondLimit: options.imagesPerSecond }),
    signal: stop.signal,
    onActivity: (activity) =>
      progress?.show(
        `${activity.state}, ${activity.imagesDone} images done (${activity.backend ?? 'no backend yet'})`,
      ),
  })
  progress?.end()
  if (isRejection(outcome)) throw new Refused(outcome)
  process.exit()
}
