// Forked as it stands: the driver needs no build.
import { register } from 'tsx/esm/api'

register()
await import('./driver.ts')
