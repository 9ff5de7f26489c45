/** From an answer to the sheet that is kept of it. */
import { type Answer, type Verdict as AnswerVerdict, type Candidate, verdictOf } from '../answer.ts'
import { commonNameOf } from '../common-name.ts'
import type { Said } from '../feedback/said.ts'
import type { KeptCandidate, KeptPhoto, KeptSaid, Sheet, SheetId, Verdict } from './sheet.ts'

/** The plant that is asked about, from its first photo to "another plant". */
export type Plant = { id: SheetId; begunAtMs: number }

export type Naming = {
  plant: Plant
  answer: Answer
  photos: KeptPhoto[]
  model: Sheet['model']
  said: Said | null
  /** Of the page: common names are kept in it. */
  language: string
  nowMs: number
}

export function sheetOf({ plant, answer, photos, model, said, language, nowMs }: Naming): Sheet {
  return {
    id: plant.id,
    begunAtMs: plant.begunAtMs,
    changedAtMs: nowMs,
    model,
    verdict: keptVerdictOf(verdictOf(answer)),
    candidates: answer.candidates.map((candidate) => keptOf(candidate, language)),
    photos,
    narrowed: narrowedOf(answer),
    said: said === null ? null : keptSaidOf(said, language),
  }
}

function narrowedOf({ narrowed }: Answer): Sheet['narrowed'] {
  if (narrowed === undefined) return null
  return { checklist: narrowed.checklist?.name ?? null, place: narrowed.place?.isKnown ?? false }
}

function keptSaidOf(said: Said, language: string): KeptSaid {
  if (said.kind === 'none') return { kind: 'none' }
  const { id, scientificName } = said.species
  const commonName = commonNameOf(said.species, language)
  return { kind: 'species', id, scientificName, ...(commonName ? { commonName } : {}) }
}

/** A sheet has no words of its own for what is hardly of a list: `narrowed` says which one. */
function keptVerdictOf(verdict: AnswerVerdict): Verdict {
  return verdict.kind === 'outside' ? { kind: 'unknown' } : verdict
}

function keptOf({ species, score }: Candidate, language: string): KeptCandidate {
  const { id, scientificName, family, gbifId, powoId } = species
  const commonName = commonNameOf(species, language)
  return {
    id,
    scientificName,
    ...(commonName ? { commonName } : {}),
    ...(family ? { family } : {}),
    ...(gbifId ? { gbifId } : {}),
    ...(powoId ? { powoId } : {}),
    score,
  }
}
