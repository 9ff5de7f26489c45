// Threads do not inherit the TypeScript loader reliably on Node 20: register it here.
import { register } from 'tsx/esm/api'

register()
await import('./thread.ts')
