/** A worker process of the churn: `worldflora work` without the command line around it, so that starting one is cheap. */
import { isRejection } from '@worldflora/protocol/rejection'
import { runNodeWorker } from '@worldflora/worker/node'

const [url = '', limit = ''] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
// A worker of a bench that has ended, however it ended, ends too.
process.once('disconnect', () => stop.abort())
const outcome = await runNodeWorker({
  url,
  backend: 'wasm',
  ...(limit === '' ? {} : { imagesPerSecondLimit: Number(limit) }),
  signal: stop.signal,
  onActivity: () => {},
})
if (isRejection(outcome)) console.error(`a worker ended: ${outcome.message}`)
process.exit(isRejection(outcome) ? 1 : 0)
