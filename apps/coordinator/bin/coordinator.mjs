#!/usr/bin/env node
// Committed, and started straight from source: the coordinator needs no build.
import '../../../tools/typescript.mjs'

await import('../src/main.ts')
