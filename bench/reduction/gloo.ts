/** The peer: gloo, PyTorch's all-reduce for processors. Debian's python3-torch has it; it is installed if this is root. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('gloo.py', import.meta.url))

/** Seconds for one all-reduce of so many single-precision values between two processes; null where torch cannot be had. */
export function glooSeconds(
  sizes: readonly number[],
  say: (line: string) => void,
): Map<number, number> | null {
  const python = pythonWithTorch() ?? (installTorch(say) ? pythonWithTorch() : null)
  if (python === null) {
    say('There is no python3 with torch: ratioToGloo is null.')
    return null
  }
  const { status, stdout, stderr } = spawnSync(python, [script, ...sizes.map(String)], {
    encoding: 'utf8',
  })
  if (status !== 0) {
    say(`gloo could not be measured: ${stderr.trim().split('\n').at(-1)}`)
    return null
  }
  const seconds = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>
  return new Map(Object.entries(seconds).map(([size, time]) => [Number(size), time]))
}

/** Debian's own first: another python3 in the path does not see Debian's packages. */
function pythonWithTorch(): string | null {
  const imports = (python: string) => spawnSync(python, ['-c', 'import torch.distributed']).status === 0
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
