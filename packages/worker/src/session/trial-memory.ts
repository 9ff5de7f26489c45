/**
 * Where the trial of this machine's GPU is remembered: it takes seconds, and comes out the same until the program, its engine or the
 * adapter change.
 */
import type { GpuTrial } from './compute-port.ts'

export type TrialMemory = { load(): GpuTrial | null; keep(trial: GpuTrial): void }

/** A text that is kept on this machine. Both may throw: then nothing is remembered. */
export type KeptText = { read(): string | null; write(text: string): void }

const VERDICTS: readonly unknown[] = ['used', 'wrong-answers', 'slower'] satisfies GpuTrial['verdict'][]

/** `version`: of all that decides how a trial comes out, but the adapter. */
export function trialMemory(text: KeptText, version: string): TrialMemory {
  return {
    load() {
      try {
        const kept = JSON.parse(text.read() ?? 'null') as Partial<GpuTrial & { version: string }> | null
        const { adapter, verdict } = kept ?? {}
        const isKnown = kept?.version === version && typeof adapter === 'string' && VERDICTS.includes(verdict)
        return isKnown ? { adapter, verdict: verdict! } : null
      } catch {
        return null
      }
    },
    keep(trial) {
      try {
        text.write(JSON.stringify({ ...trial, version }))
      } catch {
        // It is tried again next time.
      }
    },
  }
}
