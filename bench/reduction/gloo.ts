/** The peer: gloo, PyTorch's all-reduce for processors. Debian's python3-torch has it; it is installed if this is root. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('gloo.py', import.meta.url))

/** Seconds for one all-reduce of so many single-precision values between two processes; null where torch cannot be had. */
export function glooSeconds(
  sizes: readonly number[],
  say: (line: string) => void,
): Map<number, number> | null {
  if (!hasTorch() && !installTorch(say)) return null
  const { status, stdout, stderr } = spawnSync('python3', [script, ...sizes.map(String)], {
    encoding: 'utf8',
  })
  if (status !== 0) {
    say(`gloo could not be measured: ${stderr.trim().split('\n').at(-1)}`)
    return null
  }
  const seconds = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>
  return new Map(Object.entries(seconds).map(([size, time]) => [Number(size), time]))
}

function hasTorch(): boolean {
  return spawnSync('python3', ['-c', 'import torch.distributed']).status === 0
}

function installTorch(say: (line: string) => void): boolean {
  if (process.getuid?.() !== 0) {
    say('There is no torch here, and only root can install python3-torch: ratioToGloo is null.')
    return false
  }
  say('installing python3-torch')
  const { status } = spawnSync('apt-get', ['install', '-y', '-q', 'python3-torch'], { stdio: 'ignore' })
  if (status === 0 && hasTorch()) return true
  say('python3-torch could not be installed: ratioToGloo is null.')
  return false
}
