/**
 * Coordinator and worker as plain JavaScript files, made of the sources as they are. From source most of a start goes into loading
 * hundreds of modules through tsx: a worker costs 2.7 s of CPU until it has joined, bundled 1.2 s. Volunteers' machines would each
 * spend that on their own; here all share one, and it must not be what is measured.
 */
import { copyFile, cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Where the bundles find packages with native or WASM files as the sources do. */
const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/worldflora-churn/', import.meta.url))
/** Below a part's folder as deep as the files that look for others are below their package's: relative paths hold. */
const BUNDLE = join('src', 'bundle')

/** Some packages are CommonJS, and look for these. */
const COMMON_JS_NAMES = `
import { createRequire as requireOf } from 'node:module'
import { dirname as folderOf } from 'node:path'
import { fileURLToPath as pathOf } from 'node:url'
const require = requireOf(import.meta.url), __filename = pathOf(import.meta.url), __dirname = folderOf(__filename)`

export type Bundles = { coordinator: string; worker: string }

/** Returns the paths of the entries. */
export async function bundleProcesses(): Promise<Bundles> {
  return { coordinator: await bundleCoordinator(), worker: await bundleWorker() }
}

async function bundleWorker(): Promise<string> {
  const folder = join(FOLDER, 'worker')
  const node = dirname(doorOf('@worldflora/worker/node'))
  const model = join(dirname(doorOf('@worldflora/model/node-assets')), '..', '..')
  await mkdir(join(folder, 'assembly'), { recursive: true })
  await copyFile(join(model, 'assembly', 'kernels.wasm'), join(folder, 'assembly', 'kernels.wasm'))
  const entry = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
  await bundle(folder, { worker: entry, 'compute-thread': join(node, 'compute-thread.ts') }, ['webgpu'])
  return join(folder, BUNDLE, 'worker.mjs')
}

async function bundleCoordinator(): Promise<string> {
  const folder = join(FOLDER, 'coordinator')
  const own = join(dirname(doorOf('@worldflora/coordinator/main')), '..')
  await mkdir(join(folder, BUNDLE), { recursive: true })
  await cp(join(own, 'drizzle'), join(folder, 'drizzle'), { recursive: true })
  await cp(join(own, 'assembly'), join(folder, 'assembly'), { recursive: true })
  await copyFile(join(own, 'package.json'), join(folder, 'src', 'package.json'))
  const entries = {
    main: join(own, 'src', 'main.ts'),
    'thread-entry': join(own, 'src', 'reduction', 'thread.ts'),
  }
  await bundle(folder, entries, ['@electric-sql/pglite', 'pino', 'bufferutil', 'utf-8-validate'])
  return join(folder, BUNDLE, 'main.mjs')
}

async function bundle(
  folder: string,
  entryPoints: { [name: string]: string },
  external: string[],
): Promise<void> {
  await build({
    entryPoints,
    outdir: join(folder, BUNDLE),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external,
    banner: { js: COMMON_JS_NAMES },
    logLevel: 'warning',
  })
}

function doorOf(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier))
}
