#!/usr/bin/env node
// Committed, and started straight from source: `npx worldflora` works right after `npm ci`, before any build.
import { register } from 'tsx/esm/api'

register()
await import('../src/main.ts')
