/**
 * The site without a network: all its files in one cache per build, filled before this worker takes over. SITE ({ build,
 * paths }) is put in front of this source by the build.
 *
 * Pages and binaries come from the network while there is one, so that a tab never gets a stale build; what has its hash in
 * its name comes from the cache. The API and blobs pass: the identifier keeps its model by itself.
 */
/* global SITE */

const CACHE = `site-${SITE.build}`
/** After so long a kept page is better than none. */
const PATIENCE_MS = 5000

self.addEventListener('install', (event) => {
  event.waitUntil(keepSite())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOlderBuilds())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/_next/static/')) event.respondWith(fromCache(request))
  else if (SITE.paths.includes(url.pathname)) event.respondWith(fromNetwork(request))
})

async function keepSite() {
  const cache = await caches.open(CACHE)
  await cache.addAll(
    SITE.paths.map((path) =>
      path.startsWith('/_next/static/') ? path : new Request(path, { cache: 'no-cache' }),
    ),
  )
  await self.skipWaiting()
}

async function dropOlderBuilds() {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith('site-') && name !== CACHE)
  await Promise.all(older.map((name) => caches.delete(name)))
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

async function fromNetwork(request) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request, { ignoreSearch: true })
  if (kept === undefined) return fetch(request)
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch {
    return kept
  }
}
