/** A coordinator on a real port, a real PGlite and a real folder, in this process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import type { Adapters } from '../src/adapters.ts'
import { startCoordinator } from '../src/coordinator.ts'
import { TrustedProxies } from '../src/edge/trusted-proxies.ts'
import type { Options } from '../src/options.ts'
import { copyEmptyDatabase } from './empty-database.ts'

export type SiteApi = {
  url: string
  token: string
  /** With the operator's token. */
  call(method: string, path: string, body?: unknown): Promise<Response>
  /** The answer's body, whatever its status. */
  json<T>(method: string, path: string, body?: unknown): Promise<T>
}

export type RunningSite = SiteApi & { localUrl: string; data: string; stop(): Promise<void> }

export function apiOf(url: string, token: string): SiteApi {
  const call = (method: string, path: string, body?: unknown) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? body.slice() : JSON.stringify(body) }),
    })
  return {
    url,
    token,
    call,
    json: async <T>(method: string, path: string, body?: unknown) =>
      (await (await call(method, path, body)).json()) as T,
  }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'worldflora-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

export async function tryStart(
  options: Partial<Options>,
  adapters?: Adapters,
): Promise<RunningSite | Rejection> {
  const data = options.data ?? temporaryFolder()
  await copyEmptyDatabase(join(data, 'database'))
  const started = await startCoordinator(
    {
      port: 0,
      host: '127.0.0.1',
      web: null,
      tls: null,
      imageHosts: [],
      trustedProxies: new TrustedProxies(),
      ...options,
      data,
    },
    pino({ level: 'silent' }),
    (error) => {
      throw error
    },
    adapters,
  )
  if (isRejection(started)) return started
  const { url, localUrl, token } = started
  let stopped: Promise<void> | null = null
  const stop = () => {
    stopped ??= started.stop()
    return stopped
  }
  onTestFinished(stop)
  return { ...apiOf(url, token), localUrl, data, stop }
}

export async function startSite(options: Partial<Options> = {}, adapters?: Adapters): Promise<RunningSite> {
  const site = await tryStart(options, adapters)
  if (isRejection(site)) throw new Error(site.message)
  return site
}
