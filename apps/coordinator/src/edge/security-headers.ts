/** What a browser may do with our answers: nothing from elsewhere, nothing inline but what the build's hashes name. */
import type { MiddlewareHandler } from 'hono'

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(self), payment=(), usb=()',
}

/** For everything that is not a page: it is never a document of its own. */
const NO_DOCUMENT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"

export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next()
    // What is for other sites' pages says so itself.
    for (const [name, value] of Object.entries(ALWAYS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value)
    }
    if (!c.res.headers.has('content-security-policy')) {
      c.res.headers.set('content-security-policy', NO_DOCUMENT)
    }
  }
}

/**
 * A worker's policy is that of its own script's answer, not of the page that started it: scripts may load more of ours,
 * compile WASM and talk to us, and are still no document.
 */
export const SCRIPT_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self' ws: wss:",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export function pagePolicy(hashes: { scripts: readonly string[]; styles: readonly string[] }): string {
  const quoted = (list: readonly string[]) => list.map((hash) => ` '${hash}'`).join('')
  return [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval'${quoted(hashes.scripts)}`,
    `style-src 'self'${quoted(hashes.styles)}`,
    "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss:",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
  ].join('; ')
}
