/**
 * Contributions through the reducer as the edge gives them to it: room in shared memory, bytes written in pieces as a socket
 * gives them, a look at all of it by the threads, and into the sums. HTTP and the network are not in it.
 */
import { startReducerPool } from '@worldflora/coordinator/reduction'
import type { RunId } from '@worldflora/protocol/ids'
import { contributionShape, layoutOf } from '@worldflora/protocol/parameter-layout'
import type { Coding, PartialSumKind } from '@worldflora/protocol/partial-sum'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { PhaseConfig, type Wire } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { makeContributions } from './contributions.ts'

const UNIT = -28
const PIECE_BYTES = 65_536
/** That are on their way at a time; the room bounds them too. */
const UPLOADS = 16
const DISTINCT = 6

export type Measurement = { parameters: number; wire: Wire; threads: number; coding: Coding; forMs: number }

export async function contributionsPerSecond(measurement: Measurement): Promise<number> {
  const { parameters, wire, threads, coding, forMs } = measurement
  const layout = layoutOf([
    { name: 'kernel', shape: [parameters / 1000, 1000], role: 'trainable', decay: true },
  ])
  const kind: PartialSumKind = { ...contributionShape(layout), wire, unitExponent: UNIT }
  const contributions = makeContributions(kind, coding, DISTINCT)
  const reducer = startReducerPool(
    (error) => {
      throw error
    },
    { threads },
  )
  const runId = 'bench' as RunId
  must(
    await reducer.open({
      runId,
      layout,
      selection: null,
      config: configOf(wire),
      unitExponent: UNIT,
      stepsPerEpoch: 1,
      firstStep: 0,
      endStep: 1,
      weights: new Uint8Array(layout.total * 4),
      optimizerState: null,
      step: 0,
    }),
  )

  async function upload(bytes: Uint8Array): Promise<void> {
    const body = (await reducer.takeRoom(bytes.byteLength))!
    for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES)
      body.write(bytes.subarray(at, at + PIECE_BYTES))
    const { received } = must(await reducer.check(body, kind, 1))
    must(await reducer.add({ runId, step: 0, received }))
  }

  async function uploadUntil(isOver: () => boolean): Promise<number> {
    let count = 0
    let next = 0
    const uploader = async () => {
      while (!isOver()) {
        await upload(contributions[next++ % DISTINCT]!)
        count++
      }
    }
    await Promise.all(Array.from({ length: UPLOADS }, uploader))
    return count
  }

  // All memory has been touched once before it counts.
  let warm = 0
  await uploadUntil(() => warm++ >= 2 * UPLOADS)
  const startMs = performance.now()
  const count = await uploadUntil(() => performance.now() - startMs > forMs)
  const seconds = (performance.now() - startMs) / 1000
  await reducer.close()
  return count / seconds
}

function configOf(wire: Wire): PhaseConfig {
  return v.parse(PhaseConfig, {
    name: 'bench',
    flora: 'bench',
    architecture: { name: 'small-cnn' },
    samplesPerTask: 16,
    tasksPerStep: 16,
    steps: 1,
    wire,
    optimizer: { name: 'sgd', learningRate: 0.1 },
  })
}

function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}
