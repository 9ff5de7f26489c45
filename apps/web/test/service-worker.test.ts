/** What the service worker keeps and answers with, in a browser of maps. */
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

const SOURCE = readFileSync(new URL('../build/service-worker/sw.js', import.meta.url), 'utf8')
const ORIGIN = 'https://site.example'

type Answers = { [path: string]: () => Response | Promise<Response> }

/** A site's caches, in the order of their making, and its builds' workers. */
function browser() {
  const stores = new Map<string, Map<string, Response>>()
  const pathOf = (request: Request | string) =>
    new URL(typeof request === 'string' ? request : request.url, ORIGIN).pathname
  const cacheOf = (store: Map<string, Response>) => ({
    match: async (request: Request | string) => store.get(pathOf(request))?.clone(),
    keys: async () => [...store.keys()].map((path) => new Request(ORIGIN + path)),
  })

  function worker(build: string, site: Answers) {
    const listeners = new Map<string, (event: object) => void>()
    const ask = async (request: Request | string) => {
      const answer = site[pathOf(request)]
      if (answer === undefined) throw new TypeError('no network')
      return answer()
    }
    const caches = {
      keys: async () => [...stores.keys()],
      delete: async (name: string) => stores.delete(name),
      match: async (request: Request) => {
        for (const store of stores.values()) {
          const kept = store.get(pathOf(request))
          if (kept !== undefined) return kept.clone()
        }
      },
      open: async (name: string) => {
        const store = stores.get(name) ?? new Map<string, Response>()
        stores.set(name, store)
        const addAll = async (requests: (Request | string)[]) => {
          for (const request of requests) store.set(pathOf(request), await ask(request))
        }
        return { ...cacheOf(store), addAll }
      },
    }
    const self = {
      location: { origin: ORIGIN },
      addEventListener: (kind: string, listener: (event: object) => void) => listeners.set(kind, listener),
      skipWaiting: async () => {},
      clients: { matchAll: async () => [{ url: `${ORIGIN}/identify` }], claim: async () => {} },
    }
    const shared = Object.keys(site).filter((path) => path !== '/identify')
    const SITE = { build, shared, pages: { en: ['/identify'] } }
    class SiteRequest extends Request {
      constructor(path: string, init: RequestInit) {
        super(new URL(path, ORIGIN), init)
      }
    }
    runInNewContext(SOURCE, {
      SITE,
      self,
      caches,
      fetch: ask,
      URL,
      Response,
      Request: SiteRequest,
      AbortSignal,
    })

    async function happen(kind: string): Promise<void> {
      let done: Promise<unknown> = Promise.resolve()
      listeners.get(kind)!({
        waitUntil: (work: Promise<unknown>) => {
          done = work
        },
      })
      await done
    }
    return {
      async takeOver() {
        await happen('install')
        await happen('activate')
      },
      async get(path: string): Promise<string> {
        let answer: Promise<Response> = ask(path)
        answer.catch(() => {})
        const respondWith = (given: Promise<Response>) => {
          answer = given
        }
        listeners.get('fetch')!({ request: new Request(ORIGIN + path), respondWith })
        return (await answer).text()
      },
    }
  }
  return { stores, worker }
}

const page = (words: string) => () => new Response(words)
const down = () => new Response('Bad Gateway', { status: 502 })

describe('the service worker', () => {
  it('shows the page that is kept where the site is out of reach, or down behind its proxy', async () => {
    const site: Answers = { '/identify': page('first') }
    const worker = browser().worker('1', site)
    await worker.takeOver()
    site['/identify'] = page('second')
    expect(await worker.get('/identify')).toBe('second')
    site['/identify'] = down
    expect(await worker.get('/identify')).toBe('first')
    delete site['/identify']
    expect(await worker.get('/identify')).toBe('first')
  })

  it('keeps the build before it, whose open pages have scripts yet to load, and none older', async () => {
    const { stores, worker } = browser()
    for (const build of ['1', '2', '3']) {
      await worker(build, { '/identify': page(build), [`/_next/static/${build}.js`]: page(build) }).takeOver()
    }
    expect([...stores.keys()]).toEqual(['site-2', 'site-3'])
    const latest = worker('3', {})
    expect(await latest.get('/_next/static/2.js')).toBe('2')
    await expect(latest.get('/_next/static/1.js')).rejects.toThrow('no network')
  })
})
