/** Inside a thread of the reduction: news and jobs in order of arrival, one answer to each job. */
import { parentPort, workerData } from 'node:worker_threads'
import type { RunId } from '@worldflora/protocol/ids'
import { malformedPartialSum } from '@worldflora/protocol/partial-sum'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Answer, FromThread, Job, News, ToThread } from './jobs.ts'
import { PageReader } from './pages.ts'
import { PartialSumInspector } from './partial-sum-inspector.ts'
import { RunState } from './run-state.ts'
import { type SharedSums, Sums } from './sums.ts'

const port = parentPort
if (port === null) throw new Error('the reduction runs in worker threads')
const { thread } = workerData as { thread: number }
const reader = new PageReader()
const inspector = new PartialSumInspector(reader)
const sums = new Map<RunId, { sums: Sums; shared: SharedSums }>()
/** Of the runs whose home this thread is. */
const states = new Map<RunId, RunState>()

port.on('message', (message: ToThread) => {
  if (message.kind === 'news') return note(message.news)
  const answer = carryOut(message.job)
  port.postMessage({ id: message.id, answer } satisfies FromThread, transferable(answer))
})

function note(news: News): void {
  if (news.kind === 'room-grew') reader.addBuffer(news.buffer)
  else if (news.kind === 'sums-made') {
    sums.set(news.runId, { sums: new Sums(news.sums, thread), shared: news.sums })
  } else {
    sums.delete(news.runId)
    states.delete(news.runId)
  }
}

function carryOut(job: Job): Answer {
  switch (job.kind) {
    case 'inspect': {
      const { contribution, expected, slice } = job
      const fault = inspector.faultOf(contribution, expected, slice)
      return fault === null ? null : malformedPartialSum(fault)
    }
    case 'add':
      sumsOf(job.runId).sums.add(reader, job.contributions, job.slice)
      return null
    case 'take-means':
      sumsOf(job.runId).sums.takeMeans(job.samples, job.slice)
      return null
    case 'clear':
      sumsOf(job.runId).sums.clear(job.slice)
      return null
    case 'open-run': {
      const opened = RunState.open(job.run)
      if (isRejection(opened)) return opened
      states.set(job.run.runId, opened)
      return null
    }
    case 'update': {
      const state = states.get(job.runId)
      if (state === undefined) throw new Error(`this thread is not the home of run ${job.runId}`)
      return state.update(job.step, sumsOf(job.runId).shared.means)
    }
  }
}

function sumsOf(runId: RunId) {
  const found = sums.get(runId)
  if (found === undefined) throw new Error(`there are no sums of run ${runId}`)
  return found
}

function transferable(answer: Answer): ArrayBuffer[] {
  if (answer === null || answer.kind !== 'updated') return []
  return [answer.delta.buffer, answer.optimizerState.buffer, answer.weights.buffer]
}
