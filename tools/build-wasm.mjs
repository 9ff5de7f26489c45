/**
 * Compiles the AssemblyScript modules of the workspace (npm runs this after `npm ci`, as `prepare`).
 * The modules work inside memory that somebody else owns (tfjs's, or a buffer shared between threads): they import it,
 * and must have no data section and no heap of their own, which a test of each asserts.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = [
  { source: 'packages/model/assembly/kernels.ts', output: 'packages/model/assembly/kernels.wasm' },
  {
    source: 'apps/coordinator/assembly/reduction.ts',
    output: 'apps/coordinator/assembly/reduction.wasm',
    // Up to the 4 GiB that there are; whoever makes the memory says how much it has.
    flags: ['--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'threads'],
  },
]

for (const { source, output, flags = [] } of modules) {
  if (!existsSync(`${root}${source}`)) continue
  const { error, stderr } = await asc.main([
    source,
    '--outFile',
    output,
    '--baseDir',
    root,
    '-O3',
    '--runtime',
    'stub',
    '--importMemory',
    '--enable',
    'simd',
    '--noAssert',
    ...flags,
  ])
  if (error) {
    console.error(`could not compile ${source}: ${error.message}\n${stderr.toString()}`)
    process.exit(1)
  }
}
