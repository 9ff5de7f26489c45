// A worker thread's entry: on Node 20 a thread reads TypeScript only after it has registered for itself.
import '../../../../tools/typescript.mjs'

await import('./thread.ts')
