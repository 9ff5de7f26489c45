/** `NAME:WIDTH:IMAGE_SIZE:BATCH`, as a network is named on the command line. */
import { Architecture } from '@worldflora/protocol/run-config'
import { choiceIn, FlagError, numberIn, validIn } from '../runner/flags.ts'

const ARCHITECTURES = Architecture.options.map(({ entries }) => entries.name.literal)

/** `NAME:WIDTH:IMAGE_SIZE`. */
export function architectureIn(word: string): Architecture {
  const [name, ...numbers] = word.split(':')
  if (numbers.length !== 2) throw new FlagError(`"${word}" is not NAME:WIDTH:IMAGE_SIZE.`)
  const [width, imageSize] = numbers.map(numberIn)
  return validIn(Architecture, { name: choiceIn(name!, ARCHITECTURES), width, imageSize }, word)
}

export function networkIn(word: string): { architecture: Architecture; batch: number } {
  const numbers = word.split(':')
  if (numbers.length !== 4) throw new FlagError(`"${word}" is not NAME:WIDTH:IMAGE_SIZE:BATCH.`)
  const batch = numberIn(numbers.pop()!)
  if (!Number.isSafeInteger(batch) || batch < 1) throw new FlagError(`${word}: no batch of ${batch} images.`)
  return { architecture: architectureIn(numbers.join(':')), batch }
}
