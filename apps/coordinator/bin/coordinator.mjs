#!/usr/bin/env node
// Committed, and started straight from source: the coordinator needs no build.
import { register } from 'tsx/esm/api'

register()
await import('../src/main.ts')
