/**
 * Photos that somebody gives to a flora's keepers: what is sent with them, what the operator's queue answers, and the limits of both. A
 * submission is one plant: what the model named, what its sender says that it is, one to five photos, a licence, a name to be credited.
 */
import * as v from 'valibot'
import { ORGANS } from './calibration.ts'
import { OpaqueId, Slug } from './ids.ts'
import { type Rejection, reject } from './rejection.ts'
import { Species } from './species.ts'
import { index } from './whole-number.ts'

export const SUBMISSION_LIMITS = {
  photos: 5,
  /** Pixels of the longer side. */
  longerSide: 1600,
  photoBytes: 2 << 20,
  /** What stands beside the photos. */
  statementBytes: 8 << 10,
  authorLength: 100,
  /** In one list of the operator's queue. */
  listed: 20,
} as const

/** Those of Creative Commons that let a flora be trained on by strangers and changed on the way (no ND). The manifest keeps them by these names. */
export const LICENCES = ['CC0 1.0', 'CC BY 4.0', 'CC BY-SA 4.0', 'CC BY-NC 4.0', 'CC BY-NC-SA 4.0'] as const
export type Licence = (typeof LICENCES)[number]

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const speciesId = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

/** Of one line, of what can be seen: `@zoe` too. Tables guard what a spreadsheet would compute (csv-row.ts). */
export const AuthorName = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'a name is needed'),
  v.maxLength(SUBMISSION_LIMITS.authorLength),
  v.regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, 'a name is one line of letters'),
)

/** The part `statement` of the form that is sent to `POST /api/submissions`; its other parts, `photos`, are JPEGs. */
export const Statement = v.strictObject({
  flora: Slug,
  /** Of the model that named the plant. */
  model: OpaqueId,
  /** Its best; null: it found nothing that it knows, or its answer was narrowed. */
  named: v.nullable(v.strictObject({ species: speciesId, score: share })),
  /** What the sender says that it is; null: none of what they were shown. */
  said: v.nullable(speciesId),
  /** What each photo shows, in the order of the photos. */
  organs: v.pipe(
    v.array(v.nullable(v.picklist(ORGANS))),
    v.minLength(1),
    v.maxLength(SUBMISSION_LIMITS.photos),
  ),
  licence: v.picklist(LICENCES),
  author: AuthorName,
})
export type Statement = v.InferOutput<typeof Statement>

/** The answer to it: so many photos are in the queue. */
export const ReceivedSubmission = v.object({ photos: index })

/** Why they are not taken, beside what any upload may be refused for: the code of the answer. */
export const SubmissionRefusal = v.picklist([
  'invalid-submission',
  'photos-too-large',
  'photo-size',
  'broken-photo',
  'other-flora',
  'too-many-submissions',
  'too-much-to-do',
  'queue-full',
])
export type SubmissionRefusal = v.InferOutput<typeof SubmissionRefusal>

export function refuseSubmission(code: SubmissionRefusal, message: string, action: string): Rejection {
  return reject(code, message, action)
}

/** A species as it is shown in the queue: with one common name, and without synonyms. */
export const SubmittedSpecies = v.omit(Species, ['synonyms', 'commonNames'])
export type SubmittedSpecies = v.InferOutput<typeof SubmittedSpecies>

export const SUBMISSION_STATES = ['waiting', 'accepted', 'rejected'] as const
export const SubmissionState = v.picklist(SUBMISSION_STATES)
export type SubmissionState = v.InferOutput<typeof SubmissionState>

export const Submission = v.object({
  id: v.string(),
  /** The order of coming. */
  number: index,
  at: v.string(),
  state: SubmissionState,
  flora: v.string(),
  model: v.string(),
  named: v.nullable(v.object({ species: SubmittedSpecies, score: share })),
  said: v.nullable(SubmittedSpecies),
  /** What the operator has accepted it as, with all that the flora knows of it; null unless it is accepted. */
  species: v.nullable(Species),
  photos: v.array(v.object({ organ: v.nullable(v.string()), bytes: index, width: index, height: index })),
  licence: v.string(),
  author: v.string(),
  /** null while it waits. */
  decidedAt: v.nullable(v.string()),
})
export type Submission = v.InferOutput<typeof Submission>

const count = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'has to be a whole number'), v.transform(Number))

/** `GET /api/submissions` (operator): those of one state, the newest first unless `after` is given: then those that came after it, in the order of coming. */
export const SubmissionsQuery = v.strictObject({
  state: v.optional(SubmissionState, 'waiting'),
  after: v.optional(count),
})

export const SubmissionList = v.object({
  counts: v.object({ waiting: index, accepted: index, rejected: index }),
  submissions: v.array(Submission),
  isMore: v.boolean(),
})
export type SubmissionList = v.InferOutput<typeof SubmissionList>

/** `POST /api/submissions/:id/decision` (operator). `undecide`: it waits again. */
export const Decision = v.variant('decision', [
  v.strictObject({ decision: v.literal('accept'), species: speciesId }),
  v.strictObject({ decision: v.literal('reject') }),
  v.strictObject({ decision: v.literal('undecide') }),
])
export type Decision = v.InferOutput<typeof Decision>

/**
 * `POST /api/submissions/decisions` (operator): of several at once. They are named, and never “all that wait”: what has come since the operator
 * looked, or stands behind the end of their list, they have not seen, and a rejection deletes. `reject` is of those that still wait, `undecide` of
 * those that are rejected: what was decided otherwise in another window stays so.
 */
export const SeveralDecided = v.strictObject({
  decision: v.picklist(['reject', 'undecide']),
  submissions: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
    v.minLength(1),
    v.maxLength(SUBMISSION_LIMITS.listed),
  ),
})
export type SeveralDecided = v.InferOutput<typeof SeveralDecided>

/** The answer to it: those of them that are decided so now. */
export const DecidedSubmissions = v.object({ submissions: v.array(v.string()) })
export type DecidedSubmissions = v.InferOutput<typeof DecidedSubmissions>

/** `GET /api/species?text=` (operator): of the published model's flora. */
export const SpeciesQuery = v.strictObject({ text: v.pipe(v.string(), v.maxLength(200)) })
export const FoundSpecies = v.object({ species: v.array(SubmittedSpecies), isMore: v.boolean() })
export type FoundSpecies = v.InferOutput<typeof FoundSpecies>
