/** The floras that may be asked: all of the published model's, under the names that programs know. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { type Fault, fault } from './faults.ts'

/** What Pl@ntNet calls the whole flora. */
export const WORLD = 'k-world-flora'

/** `all` is the whole flora; a flora also goes by its own name. */
export function faultOfProject(model: PublishedModel, project: string): Fault | null {
  const isKnown = project === 'all' || project === WORLD || project === model.flora.name
  return isKnown ? null : fault(404, `There is no project ${project.slice(0, 100)}.`)
}

export function projectsOf(model: PublishedModel) {
  const speciesCount = model.species.length
  return [
    { id: WORLD, title: 'World flora', description: 'All plants that are known here', speciesCount },
    {
      id: model.flora.name,
      title: model.flora.name,
      description: `The flora that ${model.run.name} was trained on`,
      speciesCount,
    },
  ]
}
