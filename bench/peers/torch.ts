/**
 * PyTorch, a peer of several benches: Debian's python3-torch with OpenBLAS, installed if this is root. By itself Debian's torch
 * multiplies matrices with the reference BLAS, at a sixteenth of the speed: it would be no peer.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `blas`: what it multiplies matrices with. */
export type Torch = { python: string; env: NodeJS.ProcessEnv; blas: string }

const PACKAGES = ['python3-torch', 'libopenblas0-pthread']
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
/** Debian's own first: another python3 in the path does not see Debian's packages. */
const PYTHONS = ['/usr/bin/python3', 'python3']
const LIBRARIES = '/usr/lib'
const LINES_SHOWN = 5

const probe = fileURLToPath(new URL('blas.py', import.meta.url))

/** A python3 that can import torch (and what else is named), with the best BLAS there is; null where that cannot be had. */
export function ensureTorch(say: (line: string) => void, module = 'torch'): Torch | null {
  let torch = findTorch(module)
  if (torch === null || isReference(torch)) {
    install(say)
    torch = findTorch(module)
  }
  if (torch !== null) say(`PyTorch multiplies with ${torch.blas}`)
  if (torch !== null && isReference(torch)) say('This is slow: ratios to PyTorch flatter.')
  return torch
}

function isReference({ blas }: Torch): boolean {
  return blas.startsWith('reference')
}

function findTorch(module: string): Torch | null {
  for (const python of PYTHONS) {
    const plain = probed(python, {}, module)
    if (plain === null) continue
    // Installed, OpenBLAS is what libblas stands for; unless somebody has said otherwise.
    const others = isReference(plain) ? openBlasFolders() : []
    return (
      others
        .map((folder) => probed(python, { LD_LIBRARY_PATH: folder }, module))
        .find((torch) => torch !== null && !isReference(torch)) ?? plain
    )
  }
  return null
}

function probed(python: string, more: NodeJS.ProcessEnv, module: string): Torch | null {
  const env = { ...process.env, ...ONE_THREAD, ...more }
  const { status, stdout } = spawnSync(python, [probe, module], { encoding: 'utf8', env })
  return status === 0 ? { python, env, blas: stdout.trim().split('\n').at(-1)! } : null
}

/** As Debian has them: one a kind of machine. */
function openBlasFolders(): string[] {
  if (!existsSync(LIBRARIES)) return []
  return readdirSync(LIBRARIES)
    .map((triplet) => join(LIBRARIES, triplet, 'openblas-pthread'))
    .filter(existsSync)
}

function install(say: (line: string) => void): void {
  const packages = PACKAGES.join(' and ')
  if (process.getuid?.() !== 0) {
    say(`Only root can install ${packages}.`)
    return
  }
  say(`installing ${packages}`)
  // Lists that could not be brought up to date may do.
  apt(['update', '-qq'], say)
  apt(['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], say)
}

function apt(args: readonly string[], say: (line: string) => void): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, error, stdout, stderr } = spawnSync('apt-get', args, { encoding: 'utf8', env })
  if (status === 0) return
  const words =
    error === undefined ? `${stdout}\n${stderr}`.trim().split('\n').slice(-LINES_SHOWN) : [error.message]
  say([`apt-get ${args.join(' ')} failed:`, ...words].join('\n  '))
}
