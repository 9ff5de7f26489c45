/**
 * The site without a network: its files in one cache per build, filled before this worker takes over. SITE ({ build, shared,
 * pages: { LANGUAGE: paths } }) is put in front of this source by the build. Pages are kept in the languages that this device
 * has used: a page asks for its own, and a new build keeps those of the build before.
 *
 * Pages and binaries come from the network while there is one, so that a tab never gets a stale build; what has its hash in
 * its name comes from the cache. The API and blobs pass: the identifier keeps its model by itself. Reference photos, and
 * which there are of a species, are kept once they have been seen, the latest few hundred of them: their addresses never change.
 */
/* global SITE */

const CACHE = `site-${SITE.build}`
const LANGUAGE_OF = new Map(
  Object.entries(SITE.pages).flatMap(([language, paths]) => paths.map((path) => [path, language])),
)
const PATHS = new Set([...SITE.shared, ...LANGUAGE_OF.keys()])
const REFERENCES = 'reference-photos'
const REFERENCE = /^\/(api\/references|v2\/photos)\//
/** Of some 30 kB each. */
const MOST_REFERENCES = 400
/** After so long a kept page is better than none. */
const PATIENCE_MS = 5000

self.addEventListener('install', (event) => {
  event.waitUntil(keepSite())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOlderBuilds())
})

/** A page asks that its language be kept, and is told when it is. */
self.addEventListener('message', (event) => {
  const { keep } = event.data ?? {}
  if (!(keep in SITE.pages)) return
  event.waitUntil(
    keepPages([keep]).then(
      () => event.ports[0]?.postMessage({ kept: true }),
      () => event.ports[0]?.postMessage({ kept: false }),
    ),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/_next/static/')) event.respondWith(fromCache(request))
  else if (PATHS.has(url.pathname)) event.respondWith(fromNetwork(request))
  else if (REFERENCE.test(url.pathname)) event.respondWith(onceSeen(event))
})

async function keepSite() {
  const cache = await caches.open(CACHE)
  await cache.addAll(SITE.shared.map((path) => (path.startsWith('/_next/static/') ? path : asItIsNow(path))))
  await keepPages(await languagesBefore())
  await self.skipWaiting()
}

/** Of the languages whose pages are not all kept yet, all pages. */
async function keepPages(languages) {
  const cache = await caches.open(CACHE)
  for (const language of languages) {
    const paths = SITE.pages[language]
    const kept = await Promise.all(paths.map((path) => cache.match(path)))
    if (kept.includes(undefined)) await cache.addAll(paths.map(asItIsNow))
  }
}

/** Languages of the open pages, and those that older builds keep. */
async function languagesBefore() {
  const clients = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const urls = clients.map(({ url }) => url)
  for (const name of await caches.keys()) {
    if (!name.startsWith('site-') || name === CACHE) continue
    for (const { url } of await (await caches.open(name)).keys()) urls.push(url)
  }
  const languages = urls.map((url) => LANGUAGE_OF.get(new URL(url).pathname))
  return new Set(languages.filter((language) => language !== undefined))
}

function asItIsNow(path) {
  return new Request(path, { cache: 'no-cache' })
}

async function dropOlderBuilds() {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith('site-') && name !== CACHE)
  // The latest of them stays: a page that is open has yet to load some of its scripts, which the site has no more.
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function fromCache(request) {
  const kept = await caches.match(request)
  return kept === undefined ? fetch(request) : withoutAddress(kept)
}

/**
 * A kept response has the address it was kept under, and a Web Worker takes its own from its script's response: without the
 * fragment, in which the bundler tells it what to load. A response without an address leaves it the one it was asked for by.
 */
function withoutAddress({ body, status, statusText, headers }) {
  return new Response(body, { status, statusText, headers })
}

async function onceSeen(event) {
  const { request } = event
  const cache = await caches.open(REFERENCES)
  const kept = await cache.match(request.url)
  if (kept !== undefined) return kept
  const response = await fetch(request)
  const lasts = /\bimmutable\b/.test(response.headers.get('cache-control') ?? '')
  if (response.ok && lasts) event.waitUntil(keepReference(cache, request.url, response.clone()))
  return response
}

/** Where there is no room nothing is kept; what has been here longest goes first. */
async function keepReference(cache, url, response) {
  try {
    await cache.put(url, response)
    const kept = await cache.keys()
    await Promise.all(
      kept.slice(0, Math.max(0, kept.length - MOST_REFERENCES)).map((one) => cache.delete(one)),
    )
  } catch {
    // The device is full.
  }
}

async function fromNetwork(request) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request, { ignoreSearch: true })
  if (kept === undefined) return fetch(request)
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    // A site that is down behind its proxy is one without a network.
    return response.status >= 500 ? kept : response
  } catch {
    return kept
  }
}
