// Forked as it stands: nothing is built.
import { register } from 'tsx/esm/api'

register()
await import('./workers.ts')
