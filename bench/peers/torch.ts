/** PyTorch, a peer of several benches: Debian's python3-torch, which is installed if this is root. */
import { spawnSync } from 'node:child_process'

/** A python3 that can import torch (and what else is named); null where that cannot be had. */
export function ensureTorch(say: (line: string) => void, module = 'torch'): string | null {
  return pythonWith(module) ?? (installTorch(say) ? pythonWith(module) : null)
}

/** Debian's own first: another python3 in the path does not see Debian's packages. */
function pythonWith(module: string): string | null {
  const imports = (python: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0
  return ['/usr/bin/python3', 'python3'].find(imports) ?? null
}

function installTorch(say: (line: string) => void): boolean {
  if (process.getuid?.() !== 0) {
    say('Only root can install python3-torch.')
    return false
  }
  say('installing python3-torch')
  const { status } = spawnSync('apt-get', ['install', '-y', '-q', 'python3-torch'], { stdio: 'ignore' })
  return status === 0
}
