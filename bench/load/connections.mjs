// The connections live in a process of their own: TypeScript is registered here.
import { register } from 'tsx/esm/api'

register()
await import('./connections.ts')
