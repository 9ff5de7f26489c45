// The driver is a process of its own: TypeScript is registered here.
import { register } from 'tsx/esm/api'

register()
await import('./driver.ts')
