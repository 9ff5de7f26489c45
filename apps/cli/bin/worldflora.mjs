#!/usr/bin/env node
// Committed, and started straight from source: `npx worldflora` works right after `npm ci`, before any build.
import '../../../tools/typescript.mjs'

await import('../src/main.ts')
