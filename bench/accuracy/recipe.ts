/** A recipe: a RUN.json without name, flora and seed (bench/accuracy/NAME.json), as it is trained. */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { RunConfig } from '@worldflora/protocol/run-config'
import { FlagError, validIn } from '../runner/flags.ts'

const folder = new URL('./', import.meta.url)
const NO_AUGMENTATION = { crop: false, flip: false, color: 0 }

export const RECIPES = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort()

type Recipe = { [field: string]: unknown; phases?: { [field: string]: unknown }[] }

export async function readRecipe(name: string, change: Record<string, unknown>): Promise<Recipe> {
  const text = await readFile(new URL(`${name}.json`, folder), 'utf8')
  return { ...(JSON.parse(text) as Recipe), ...change }
}

/** A head learns nothing from the features of a network that is all random. */
export function refuseWithoutWeights(name: string, recipe: Recipe, weights: string | null): void {
  if (weights === null && recipe.phases?.[0]?.train === 'head')
    throw new FlagError(
      `The recipe ${name} begins with a head on the features of weights that are there: give --weights FOLDER, or --recipe random.`,
    )
}

/** Still without the name, flora, seed and weights of a run of its own. */
export function runOf(recipe: Recipe, augmentation: 'on' | 'off', backend: RunConfig['backend']): RunConfig {
  const own = augmentation === 'off' ? withoutAugmentation(recipe) : recipe
  return validIn(
    RunConfig,
    { ...own, backend, name: 'accuracy', flora: 'photos' },
    'the recipe with --change',
  )
}

/** One view of each photo is then all there is. */
function withoutAugmentation(recipe: Recipe): Recipe {
  const phases = recipe.phases?.map(({ views: _, augmentation: __, ...phase }) => phase)
  return { ...recipe, augmentation: NO_AUGMENTATION, ...(phases && { phases }) }
}
