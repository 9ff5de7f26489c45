/**
 * Lets this thread import TypeScript (Node 20 does not by itself): `import` this file first, or `node --import` it. Each thread
 * registers for itself: on Node 20 threads do not reliably inherit what their process has registered.
 */
import { register } from 'node:module'

process.setSourceMapsEnabled(true)
register('./typescript-hooks.mjs', import.meta.url)
