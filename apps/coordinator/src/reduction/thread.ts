/** Inside the reduction thread: requests in order of arrival, one answer each. */
import { parentPort } from 'node:worker_threads'
import { isRejection, reject } from '@worldflora/protocol/rejection'
import type { Answer, Request } from './reducer.thread.ts'
import { RunReduction } from './run-reduction.ts'

const port = parentPort
if (port === null) throw new Error('the reduction runs in a worker thread')
const runs = new Map<string, RunReduction>()

port.on('message', ({ id, request }: { id: number; request: Request }) => {
  const answer = carryOut(request)
  const transfer =
    answer !== null && !isRejection(answer)
      ? [answer.delta.buffer, answer.optimizerState.buffer, answer.weights.buffer]
      : []
  port.postMessage({ id, answer }, transfer)
})

function carryOut(request: Request): Answer {
  if (request.kind === 'open') {
    const opened = RunReduction.open(request.run)
    if (isRejection(opened)) return opened
    runs.set(request.run.runId, opened)
    return null
  }
  const run = runs.get(request.runId)
  if (run === undefined) {
    return reject(
      'run-not-open',
      `The reduction does not know run ${request.runId}.`,
      'This is a fault of the coordinator: report it.',
    )
  }
  if (request.kind === 'add') return run.add(request.step, request.bytes)
  const closed = run.closeStep(request.step, request.samples)
  if (run.isThrough) runs.delete(request.runId)
  return closed
}
