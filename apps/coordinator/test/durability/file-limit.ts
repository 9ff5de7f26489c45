/** A disk that is full in earnest for one process: no file of it may be written beyond a limit (RLIMIT_FSIZE; Linux). Nobody else notices. */
import { execFileSync } from 'node:child_process'

/** Whole or in part: what is below the limit of a write is written. */
export function limitFiles(pid: number, bytes: number): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`])
}

export function unlimitFiles(pid: number): void {
  execFileSync('prlimit', [`--pid=${pid}`, '--fsize=unlimited:'])
}
