/** The peer: gloo, PyTorch's all-reduce for processors. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureTorch } from '../peers/torch.ts'

const script = fileURLToPath(new URL('gloo.py', import.meta.url))

/** Seconds for one all-reduce of so many single-precision values between two processes; null where torch cannot be had. */
export function glooSeconds(
  sizes: readonly number[],
  say: (line: string) => void,
): Map<number, number> | null {
  const torch = ensureTorch(say, 'torch.distributed')
  if (torch === null) {
    say('There is no python3 with torch: ratioToGloo is null.')
    return null
  }
  const { python, env } = torch
  const { status, stdout, stderr } = spawnSync(python, [script, ...sizes.map(String)], {
    encoding: 'utf8',
    env,
  })
  if (status !== 0) {
    say(`gloo could not be measured: ${stderr.trim().split('\n').at(-1)}`)
    return null
  }
  const seconds = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>
  return new Map(Object.entries(seconds).map(([size, time]) => [Number(size), time]))
}
