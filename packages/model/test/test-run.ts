/** A run's configuration for tests, and the photos of a task. */
import { parseOrReject } from '@worldflora/protocol/rejection'
import { PhaseConfig } from '@worldflora/protocol/run-config'
import { drawPhoto } from './drawn-photos.ts'

export const SMALL_CNN = { name: 'small-cnn', width: 1, imageSize: 32 } as const
export const MOBILENET = { name: 'mobilenet-v1', width: 0.25, imageSize: 32 } as const
export const MOBILENET_V2 = { name: 'mobilenet-v2', width: 0.35, imageSize: 32 } as const
export const RESNET = { name: 'resnet-50', width: 0.125, imageSize: 32 } as const
/** The real networks, small. */
export const ZOO = [MOBILENET, MOBILENET_V2, RESNET] as const
/** One without normalisations, as imported weights may ask for. */
export const BIASED = { ...MOBILENET_V2, norm: 'none' } as const

export function testRun(fields: Record<string, unknown>): PhaseConfig {
  const config = parseOrReject(
    PhaseConfig,
    {
      name: 'test',
      flora: 'test',
      seed: 1,
      architecture: SMALL_CNN,
      samplesPerTask: 4,
      tasksPerStep: 1,
      steps: 1,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      ...fields,
    },
    'the test run',
  )
  if ('kind' in config) throw new Error(config.message)
  return config
}

/** Photo i shows species i % classes. */
export function drawTask(
  photos: number,
  classes: number,
): Promise<{ jpeg: Uint8Array; species: number; observation: string }[]> {
  return Promise.all(
    Array.from({ length: photos }, async (_, i) => {
      const species = i % classes
      return { jpeg: await drawPhoto({ species, seed: i }), species, observation: `plant-${i >> 1}` }
    }),
  )
}
