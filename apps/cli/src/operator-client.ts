/** The coordinator's HTTP API as the commands use it: with the operator token, answers parsed, refusals as rejections. */
import {
  FloraSummary,
  ForkedRun,
  type ForkRun,
  Health,
  KeptCheckpoints,
  PublishedModel,
  type RollBackRun,
  RolledBackRun,
  RunDetail,
  Status,
} from '@worldflora/protocol/http'
import { type Hash, RunId } from '@worldflora/protocol/ids'
import { isRejection, Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'

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

  operatorLink() {
    return this.#json(OperatorLink, '/api/operator-links', { method: 'POST' })
  }

  /** Uploads unless the coordinator has it: importing again sends nothing twice. */
  async putBlob(hash: Hash, bytes: Uint8Array): Promise<null | Rejection> {
    const held = await this.#fetch(`/blobs/${hash}`, { method: 'HEAD' })
    if (!isRejection(held) && held.ok) return null
    return this.#json(v.any(), `/blobs/${hash}`, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> })
  }

  putFlora(name: string, manifest: Hash) {
    return this.#json(FloraSummary, `/api/floras/${name}`, jsonBody('PUT', { manifest }))
  }

  async #json<S extends v.GenericSchema>(
    schema: S,
    path: string,
    init?: RequestInit,
  ): Promise<v.InferOutput<S> | Rejection> {
    const response = await this.#fetch(path, init)
    if (isRejection(response)) return response
    const text = await response.text()
    const body: unknown = text === '' ? null : parseJson(text)
    if (response.ok) return v.parse(schema, body)
    const refusal = v.safeParse(Rejection, body)
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
