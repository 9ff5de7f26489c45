/** The coordinator's own adapters with a tap in between: a test sees each call to a port, and may fail it, hold it, or end the process. */

import { type Adapters, systemAdapters } from '../../src/adapters.ts'
import { idleCalibrator } from '../idle-calibrator.ts'

export type PortName = 'store' | 'blobs' | 'optimizerStates' | 'reducer'
export type Call = { port: PortName; method: string; moment: 'before' | 'after'; args: readonly unknown[] }
/** What it throws is what the call fails with; what it returns is waited for. */
export type Tap = (call: Call) => void | Promise<void>

export function tappedAdapters(tap: Tap): Adapters {
  const adapters = systemAdapters()
  return {
    ...adapters,
    openStore: async (folder) => tapped(await adapters.openStore(folder), 'store', tap),
    openBlobs: async (folder) => tapped(await adapters.openBlobs(folder), 'blobs', tap),
    openOptimizerStates: async (folder) =>
      tapped(await adapters.openOptimizerStates(folder), 'optimizerStates', tap),
    startReducer: (onLost) => tapped(adapters.startReducer(onLost), 'reducer', tap),
    startCalibrator: idleCalibrator,
  }
}

function tapped<T extends object>(target: T, port: PortName, tap: Tap): T {
  return new Proxy(target, {
    get(_, method: string & keyof T) {
      const value = target[method]
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const held = tap({ port, method, moment: 'before', args })
        const made =
          held === undefined ? value.apply(target, args) : held.then(() => value.apply(target, args))
        if (!(made instanceof Promise)) return made
        return made.then(async (answer) => {
          await tap({ port, method, moment: 'after', args })
          return answer
        })
      }
    },
  })
}
