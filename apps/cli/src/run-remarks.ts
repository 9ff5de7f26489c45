/** What a RUN.json says by leaving it out, where that is hardly ever meant: a line for each, before the run is trained. */
import type { Phase, RunConfig } from '@worldflora/protocol/run-config'

export function remarksOn({ phases = [], initialWeights }: RunConfig): string[] {
  return phases.flatMap((phase, index) => {
    if (phase.train !== 'head') return []
    const isRandom = initialWeights === undefined && !isTrainedBefore(phases, index)
    return [
      ...(isRandom ? [randomFeatures(index)] : []),
      ...(phase.views === undefined ? [centreAlone(index)] : []),
    ]
  })
}

/** All of the network is. */
function isTrainedBefore(phases: readonly Phase[], index: number): boolean {
  return phases.slice(0, index).some(({ train }) => train === 'all')
}

function randomFeatures(index: number): string {
  return `Phase ${index + 1} trains the head on features of random weights, for the run has no \`initialWeights\`: name what it is to begin with.`
}

function centreAlone(index: number): string {
  return `Phase ${index + 1} trains the head on the centre crop of each photo alone, for it has no \`views\`: give it some, such as 4, and an augmentation.`
}
