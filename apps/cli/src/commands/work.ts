/** `worldflora work`: this machine as a worker, until it is stopped. */

import { isRejection, reject } from '@worldflora/protocol/rejection'
import { type Activity, runNodeWorker } from '@worldflora/worker/node'
import { openProgress } from '../progress.ts'
import { Refused } from '../report.ts'

export async function work(options: {
  url: string
  backend: 'auto' | 'wasm' | 'webgpu' | 'cpu'
  cores: number
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
    cores: options.cores,
    ...(options.imagesPerSecond === undefined ? {} : { imagesPerSecondLimit: options.imagesPerSecond }),
    signal: stop.signal,
    onActivity: (activity) => progress?.show(words(activity)),
  })
  progress?.end()
  if (isRejection(outcome)) throw new Refused(outcome)
  process.exit()
}

function words(activity: Activity): string {
  const { state, imagesDone, note } = activity
  const why = state === 'idle' && note !== null ? `. ${note}` : ''
  return `${state}, ${imagesDone} images done (${deviceWords(activity)})${why}`
}

function deviceWords({ backend, adapter, cores, gpu }: Activity): string {
  if (backend === null) return 'no backend yet'
  const device = backend === 'webgpu' ? `webgpu on ${adapter ?? 'a GPU'}` : backend
  const others = cores > 1 ? `, ${cores} at a time` : ''
  if (gpu === 'resting')
    return `${device}${others}; the GPU rests: what is being trained does not take its results`
  return device + others + (gpu === null || gpu === 'used' ? '' : `; the GPU is left out: ${gpu}`)
}
