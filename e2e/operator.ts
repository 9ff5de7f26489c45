/** What an operator's script does: floras and runs over HTTP, and waiting for a run by the facts it announces. */
import { encodeManifest } from '@worldflora/dataset/manifest'
import { hashOf } from '@worldflora/protocol/hash'
import type { RunDetail, RunStatus } from '@worldflora/protocol/runs'
import { io } from 'socket.io-client'
import { type Herbarium, herbariumOf } from './herbarium.ts'

export type Address = { url: string; token: string }

export async function call<T>(
  { url, token }: Address,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const binary = body instanceof Uint8Array
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(binary ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined
      ? {}
      : { body: binary ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? null : JSON.parse(text)) as T
}

/** A small herbarium under the given name. */
export async function bringHerbarium(
  site: Address,
  name: string,
  { species }: { species: number },
): Promise<Herbarium> {
  const { manifest, shards } = await herbariumOf(name, species)
  for (const [hash, bytes] of shards) await call(site, 'PUT', `/blobs/${hash}`, bytes)
  const bytes = encodeManifest(manifest)
  const hash = hashOf(bytes)
  await call(site, 'PUT', `/blobs/${hash}`, bytes)
  await call(site, 'PUT', `/api/floras/${name}`, { manifest: hash })
  return { manifest, shards }
}

export async function openRun(site: Address, config: unknown): Promise<string> {
  return (await call<{ id: string }>(site, 'POST', '/api/runs', config)).id
}

export function runDetail(site: Address, id: string): Promise<RunDetail> {
  return call(site, 'GET', `/api/runs/${id}`)
}

/** Resolves when `condition` holds for the run, by the facts the coordinator announces (reconnects by itself). */
export async function untilRun(
  site: Address,
  id: string,
  condition: (status: RunStatus) => boolean,
): Promise<RunStatus> {
  const socket = io(site.url, { reconnectionDelay: 50, reconnectionDelayMax: 200 })
  try {
    return await new Promise<RunStatus>((resolve, reject) => {
      const look = (runs: RunStatus[]) => {
        const status = runs.find((run) => run.id === id)
        if (status !== undefined && condition(status)) resolve(status)
      }
      socket.on('status-changed', look)
      socket.on('connect', () => {
        // Killed again before it answers, it is asked again once it is back.
        const status = call<{ runs: RunStatus[] }>(site, 'GET', '/api/status')
        status.then(
          ({ runs }) => look(runs),
          (error: unknown) => isUnreachable(error) || reject(error),
        )
      })
    })
  } finally {
    socket.disconnect()
  }
}

/** `fetch` says so, and gives the network's reason. */
function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError && error.cause !== undefined
}

/** The run's outcome, once it has finished and nothing of it is left to measure. */
export async function untilMeasured(site: Address, id: string): Promise<RunDetail> {
  const { state, reason } = await untilRun(site, id, (status) => status.measured || status.state === 'paused')
  if (state === 'paused') throw new Error(`the run is paused: ${reason}`)
  return runDetail(site, id)
}
