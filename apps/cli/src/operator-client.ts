/** The coordinator's HTTP API as the commands use it: with the operator token, answers parsed, refusals as rejections. */
import { encodeManifest, type Manifest } from '@worldflora/dataset/manifest'
import { MadeApiKey, type MakeApiKey } from '@worldflora/protocol/api-keys'
import { FloraSummary } from '@worldflora/protocol/floras'
import { hashOf } from '@worldflora/protocol/hash'
import { Hash, RunId } from '@worldflora/protocol/ids'
import {
  ForkedRun,
  type ForkRun,
  KeptCheckpoints,
  type RollBackRun,
  RolledBackRun,
  WEIGHTS_HEADERS,
} from '@worldflora/protocol/kept-checkpoints'
import { Health } from '@worldflora/protocol/operator'
import { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { RunDetail, RunHistory } from '@worldflora/protocol/runs'
import { Status } from '@worldflora/protocol/status'
import { SubmissionList, type SubmissionState } from '@worldflora/protocol/submissions'
import * as v from 'valibot'

export type WeightsDownload = {
  bytes: AsyncIterable<Uint8Array>
  step: number
  /** SHA-256 of the bytes. */
  checkpoint: Hash
}

const OpenedRun = v.object({ id: RunId, resumed: v.optional(v.boolean(), false) })
const OperatorLink = v.object({ path: v.string() })

export class OperatorClient {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  async isAlive(): Promise<boolean> {
    const response = await fetch(`${this.#url}/healthz`).catch(() => null)
    return response?.ok ?? false
  }

  status() {
    return this.#json(Status, '/api/status')
  }

  health() {
    return this.#json(Health, '/api/health')
  }

  floras() {
    return this.#json(v.array(FloraSummary), '/api/floras')
  }

  run(id: RunId) {
    return this.#json(RunDetail, `/api/runs/${id}`)
  }

  openRun(config: RunConfig) {
    return this.#json(OpenedRun, '/api/runs', jsonBody('POST', config))
  }

  publish(id: RunId) {
    return this.#json(PublishedModel, `/api/runs/${id}/publish`, { method: 'POST' })
  }

  /** Of /identify; rejects if none is published. */
  model() {
    return this.#json(PublishedModel, '/api/model')
  }

  history(id: RunId) {
    return this.#json(RunHistory, `/api/runs/${id}/history`)
  }

  /** In canonical form, piece by piece. */
  async weights(id: RunId, step: number | undefined): Promise<WeightsDownload | Rejection> {
    const query = step === undefined ? '' : `?step=${step}`
    const response = await this.#ok(`/api/runs/${id}/weights${query}`)
    if (isRejection(response)) return response
    const { headers } = response
    return {
      bytes: piecesOf(response),
      step: v.parse(v.pipe(v.string(), v.transform(Number)), headers.get(WEIGHTS_HEADERS.step)),
      checkpoint: v.parse(Hash, headers.get(WEIGHTS_HEADERS.checkpoint)),
    }
  }

  /** Piece by piece, not checked. */
  async blob(hash: Hash): Promise<AsyncIterable<Uint8Array> | Rejection> {
    const response = await this.#ok(`/blobs/${hash}`)
    return isRejection(response) ? response : piecesOf(response)
  }

  /** At once, checked against its name. */
  async wholeBlob(hash: Hash): Promise<Uint8Array | Rejection> {
    const response = await this.#ok(`/blobs/${hash}`)
    if (isRejection(response)) return response
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (hashOf(bytes) === hash) return bytes
    return reject(
      'damaged-blob',
      `The blob ${hash} is damaged.`,
      'Restart the coordinator: it mends what it can.',
    )
  }

  setState(id: RunId, state: 'running' | 'paused' | 'stopped') {
    return this.#json(RunDetail, `/api/runs/${id}/state`, jsonBody('POST', { state }))
  }

  checkpoints(id: RunId) {
    return this.#json(KeptCheckpoints, `/api/runs/${id}/checkpoints`)
  }

  fork(id: RunId, wish: ForkRun) {
    return this.#json(ForkedRun, `/api/runs/${id}/fork`, jsonBody('POST', wish))
  }

  rollBack(id: RunId, wish: RollBackRun) {
    return this.#json(RolledBackRun, `/api/runs/${id}/rollback`, jsonBody('POST', wish))
  }

  setPriority(id: RunId, priority: number) {
    return this.#json(RunDetail, `/api/runs/${id}/priority`, jsonBody('POST', { priority }))
  }

  makeKey(wish: MakeApiKey) {
    return this.#json(MadeApiKey, '/api/keys', jsonBody('POST', wish))
  }

  /** Those that came after that one, in the order of coming; a page of them. */
  submissions(state: SubmissionState, after: number) {
    return this.#json(SubmissionList, `/api/submissions?state=${state}&after=${after}`)
  }

  async submittedPhoto(id: string, index: number): Promise<Uint8Array | Rejection> {
    const response = await this.#ok(`/api/submissions/${id}/photos/${index}`)
    return isRejection(response) ? response : new Uint8Array(await response.arrayBuffer())
  }

  operatorLink() {
    return this.#json(OperatorLink, '/api/operator-links', { method: 'POST' })
  }

  /** Uploads unless the coordinator has it: importing again sends nothing twice. */
  async putBlob(hash: Hash, bytes: Uint8Array): Promise<null | Rejection> {
    const held = await this.#fetch(`/blobs/${hash}`, { method: 'HEAD' })
    if (!isRejection(held) && held.ok) return null
    const put = await this.#ok(`/blobs/${hash}`, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> })
    if (isRejection(put)) return put
    await put.body?.cancel()
    return null
  }

  /** Of a flora whose shards are there. */
  async putFlora(manifest: Manifest) {
    const bytes = encodeManifest(manifest)
    const hash = hashOf(bytes)
    const refused = await this.putBlob(hash, bytes)
    return (
      refused ?? this.#json(FloraSummary, `/api/floras/${manifest.name}`, jsonBody('PUT', { manifest: hash }))
    )
  }

  async #json<S extends v.GenericSchema>(
    schema: S,
    path: string,
    init?: RequestInit,
  ): Promise<v.InferOutput<S> | Rejection> {
    const response = await this.#ok(path, init)
    if (isRejection(response)) return response
    const text = await response.text()
    return v.parse(schema, text === '' ? null : parseJson(text))
  }

  /** The answer, or what it says of why it is none. */
  async #ok(path: string, init?: RequestInit): Promise<Response | Rejection> {
    const response = await this.#fetch(path, init)
    if (isRejection(response) || response.ok) return response
    const refusal = v.safeParse(Rejection, parseJson(await response.text()))
    if (refusal.success) return refusal.output
    return reject(
      'refused',
      `The coordinator answered ${response.status} to ${init?.method ?? 'GET'} ${path}.`,
      'Look at its log.',
    )
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response | Rejection> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${this.#token}`)
    // A connection that is kept may be closed from the other side in the moment in which it is used again, for whoever computes in this
    // process hears of it late; and whether the question arrived nobody could say.
    headers.set('connection', 'close')
    try {
      return await fetch(this.#url + path, { ...init, headers })
    } catch {
      return reject(
        'unreachable',
        `The coordinator at ${this.#url} does not answer.`,
        'See whether it still runs, and try again.',
      )
    }
  }
}

async function* piecesOf(response: Response): AsyncIterable<Uint8Array> {
  // Node's web streams are async iterable; the DOM's types do not say so.
  yield* response.body as unknown as AsyncIterable<Uint8Array>
}

function jsonBody(method: string, body: unknown): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
