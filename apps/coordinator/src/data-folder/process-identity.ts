/**
 * Which process a lock belongs to. A pid alone is used again by another process after a kill -9 or a reboot; together with
 * the moment the process started it is not.
 */
import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** When the process started, in a form that is only compared; null if it does not run (or cannot be told). */
export async function startOfProcess(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return startOnLinux(pid)
  if (process.platform === 'win32') return isAlive(pid) ? 'alive' : null
  const listed = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null)
  return listed === null ? null : listed.stdout.trim() || null
}

/**
 * Where a pid means a process: this boot of this machine, and in it this container. Of a process elsewhere nobody here can
 * tell whether it runs.
 */
export async function pidSpace(): Promise<string> {
  if (process.platform !== 'linux') return hostname()
  const space = await readlink('/proc/self/ns/pid').catch(() => '')
  return `${await bootId()}:${space}`
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()
}

/** proc(5): field 22 of /proc/PID/stat is the start in ticks since boot; the command in field 2 may hold spaces. */
async function startOnLinux(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  return `${await bootId()}:${fields[19]}`
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
