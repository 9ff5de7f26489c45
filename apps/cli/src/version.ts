import { createRequire } from 'node:module'

/** The version of this checkout; all workspaces share it. */
export const VERSION: string = createRequire(import.meta.url)('../package.json').version
