// A worker thread's entry: Node 20 reads TypeScript only after tsx is registered in the thread itself.
import { register } from 'tsx/esm/api'

register()
await import('./thread.ts')
