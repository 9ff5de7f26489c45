/** Shards go to strangers' tabs: which licences forbid that, and what the importer is told of them. */
import { UNKNOWN_LICENCE } from './flora-writer.ts'

const LICENCE_LETTERS = 200

export function forbidsPassingOn(license: string): boolean {
  return /all rights? reserved|tous droits|alle rechte|todos (los derechos|os direitos)|tutti i diritti|wszelkie prawa|no (re)?distribution|not for (re)?distribution|confidential|^(c\b|\(c\)|©|copyright\b)/i.test(
    license,
  )
}

/** As long as a label allows. What forbids passing on may stand further behind: then it is said first. */
export function shortLicence(license: string): string {
  const short = license.slice(0, LICENCE_LETTERS)
  if (forbidsPassingOn(short) || !forbidsPassingOn(license)) return short
  return `No redistribution: ${license}`.slice(0, LICENCE_LETTERS)
}

/** One sentence for each licence that needs a thought, with how many photos have it. */
export function licenceWarnings(counts: Record<string, number>): string[] {
  const warnings: string[] = []
  for (const [license, photos] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const these = `${photos} ${photos === 1 ? 'photo' : 'photos'}`
    if (license === UNKNOWN_LICENCE) {
      warnings.push(
        `${these} without a licence: training passes photos on to volunteers, so make sure that you may.`,
      )
    } else if (forbidsPassingOn(license)) {
      warnings.push(
        `${these} with the licence "${license}", which forbids passing them on: train with volunteers only if you may.`,
      )
    }
  }
  return warnings
}
