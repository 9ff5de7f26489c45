/** Why a running run does not advance, and what would help, for whoever looks at it. */

import { phaseAt } from '@worldflora/protocol/phases'
import { samplesPerChunk } from '@worldflora/protocol/run-config'
import type { Obstacle } from '../core/obstacle.ts'
import type { RunRecord } from '../store/store.ts'
import { phasesOfRun } from './run-layout.ts'

export function hintOf(obstacle: Obstacle, record: RunRecord, step: number): string {
  switch (obstacle) {
    case 'no-worker':
      return 'Nobody is here to compute. Every open contribute page is a worker, and so is npx worldflora work.'
    case 'class':
      return (
        'No connected worker can do this run: it needs the deterministic class (WASM with SIMD). ' +
        'A worker of it: npx worldflora work --backend wasm.'
      )
    case 'device':
      return (
        `No connected worker can do this run: a chunk of ${samplesPerChunk(phaseAt(phasesOfRun(record), step).config)} photos of ` +
        `${record.config.architecture.imageSize} pixels does not fit their devices. It goes on when a larger one joins.`
      )
  }
}
