/** Inside a thread of identification: the full model on WASM, as in a tab. Jobs one after the other, one answer to each. */
import { parentPort } from 'node:worker_threads'
import { openBackend } from '@worldflora/model/backend'
import { nodeAssets } from '@worldflora/model/node-assets'
import { openDecoder } from '@worldflora/model/photo'
import type { Predictor } from '@worldflora/model/prediction'
import { openPublished } from '@worldflora/model/published-predictor'
import { isRejection } from '@worldflora/protocol/rejection'
import { Queue } from '../queue.ts'
import { fitToKeep } from './given-photo.ts'
import type { Answer, Fitted, FromThread, Job, SharedModel, ToThread } from './jobs.ts'
import { openPhoto } from './open-photo.ts'

const port = parentPort
if (port === null) throw new Error('identification runs in worker threads')

/** `predictor` null: no photo was looked at with it yet. */
const models = new Map<string, { model: SharedModel; predictor: Predictor | null }>()
const queue = new Queue()

const opened = await openBackend('wasm', nodeAssets)
if (isRejection(opened)) throw new Error(opened.message)
await openDecoder(nodeAssets)

port.on('message', (message: ToThread) => {
  // A failure is a bug: it ends the thread, and with it the job.
  queue.add(() => carryOut(message)).catch((error: unknown) => setImmediate(() => raise(error)))
})

function raise(error: unknown): never {
  throw error
}

async function carryOut(message: ToThread): Promise<void> {
  switch (message.kind) {
    case 'model-opened':
      models.set(message.model.id, { model: message.model, predictor: null })
      return
    case 'model-closed':
      models.get(message.id)?.predictor?.dispose()
      models.delete(message.id)
      return
    case 'job': {
      const startMs = performance.now()
      const answer = await answerTo(message.job)
      const milliseconds = performance.now() - startMs
      const transferred = isRejection(answer) || 'jpeg' in answer ? [] : [answer.scores.buffer]
      port!.postMessage({ id: message.id, answer, milliseconds } satisfies FromThread, transferred)
    }
  }
}

async function answerTo(job: Job): Promise<Answer | Fitted> {
  if (job.kind === 'fit-to-keep') return fitToKeep(job.photo)
  const photo = await openPhoto(job.photo)
  if (isRejection(photo)) return photo
  const [look] = await predictorOf(job.model).look([photo])
  return look!
}

function predictorOf(id: string): Predictor {
  const found = models.get(id)
  if (found === undefined) throw new Error(`this thread was not told of model ${id}`)
  found.predictor ??= open(found.model)
  return found.predictor
}

function open(model: SharedModel): Predictor {
  const { form, bytes } = model.weights
  const predictor = openPublished({ ...model, weights: { form, bytes: new Uint8Array(bytes) } })
  if (isRejection(predictor)) throw new Error(predictor.message)
  return predictor
}
