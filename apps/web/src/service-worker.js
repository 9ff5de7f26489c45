/**
 * Keeps /identify usable without a network: its page, scripts and WASM modules are kept on installation, the published model
 * is kept by the page itself. `build.mjs` fills in the build's id and files. Everything else goes to the network.
 */
const CACHE = `worldflora-${'BUILD'}`
const FILES = ['FILES']

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('worldflora-') && name !== CACHE)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request
  const { pathname, origin } = new URL(url)
  if (method !== 'GET' || origin !== self.location.origin || !FILES.includes(pathname)) return
  // A page is asked for anew where there is a network; what its name's hash pins is not.
  event.respondWith(
    mode === 'navigate'
      ? fetch(event.request).catch(() => caches.match(pathname))
      : caches.match(pathname).then((kept) => kept ?? fetch(event.request)),
  )
})
