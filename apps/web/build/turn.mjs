/** One build of a checkout at a time: whoever comes second waits, and then finds the work done. */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_AGAIN_MS = 300

/**
 * @template T
 * @param {string} folder what is built
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inTurn(folder, work) {
  const lock = join(
    tmpdir(),
    `worldflora-build-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
  )
  while (!take(lock)) await pause(LOOK_AGAIN_MS)
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** The lock holds its owner's process id: one whose owner was killed is nobody's. */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  if (!isAlive(ownerOf(lock))) rmSync(lock, { force: true })
  return false
}

/** null while its owner is just writing it, or has just gone. */
function ownerOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || null
  } catch {
    return null
  }
}

function isAlive(pid) {
  if (pid === null) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
