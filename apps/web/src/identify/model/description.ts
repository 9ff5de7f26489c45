/** What the site says of its published model. */
import { PublishedModel } from '@worldflora/protocol/published-model'
import { parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'

const NO_MODEL = reject(
  'no-model',
  'There is no model yet: none has been published on this site.',
  'Come back when a training run has published one, or help to train it.',
)

const OUT_OF_REACH = reject(
  'unreachable',
  'The site does not answer, and no model is kept on this device yet.',
  'Check the connection and try again; after the first use this page needs no network.',
)

export async function askForDescription(): Promise<PublishedModel | Rejection> {
  const answer = await fetch('/api/model', { cache: 'no-store' }).catch(() => null)
  if (answer?.status === 404) return NO_MODEL
  if (answer?.ok !== true) return OUT_OF_REACH
  const body: unknown = await answer.json().catch(() => null)
  return body === null ? NO_MODEL : parseOrReject(PublishedModel, body, 'the model’s description')
}
