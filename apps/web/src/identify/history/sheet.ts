/**
 * A sheet: what is kept on this device of one plant that was named. Its schema is the edge: what a database holds may be
 * damaged, or written by another version of this page.
 */
import * as v from 'valibot'

const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
/** As far as a Date reaches. */
const timeMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15))

export const SheetId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/), v.brand('sheet-id'))
export type SheetId = v.InferOutput<typeof SheetId>

/** Made anew from pixels: nothing of what else the photo's file said is in it. */
const Thumbnail = v.pipe(
  v.instance(Uint8Array<ArrayBuffer>),
  v.check((bytes) => bytes[0] === 0xff && bytes[1] === 0xd8),
)

export const KeptPhoto = v.object({
  /** null where the browser could make none. */
  jpeg: v.nullable(Thumbnail),
  organ: v.optional(v.nullable(text(40)), null),
})
export type KeptPhoto = v.InferOutput<typeof KeptPhoto>

/** Names as they were shown, in the language of that day. */
export const KeptCandidate = v.object({
  id: text(200),
  scientificName: v.pipe(v.string(), v.maxLength(300)),
  commonName: v.optional(text(200)),
  family: v.optional(text(100)),
  gbifId: v.optional(text(100)),
  powoId: v.optional(text(100)),
  score: share,
})
export type KeptCandidate = v.InferOutput<typeof KeptCandidate>

/** What the answer said first. */
export const Verdict = v.variant('kind', [
  v.object({ kind: v.literal('species') }),
  /** Sure where no species was. */
  v.object({ kind: v.literal('kin'), rank: v.picklist(['genus', 'family']), name: text(200), score: share }),
  /** One of so many of the candidates. */
  v.object({ kind: v.literal('shortlist'), species: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  /** Something, but nothing that the model knows well enough to say so. */
  v.object({ kind: v.literal('unknown') }),
  v.object({ kind: v.literal('no-plant') }),
])
export type Verdict = v.InferOutput<typeof Verdict>

/** What whoever was there said that it is, with the names of that day. */
export const KeptSaid = v.variant('kind', [
  v.object({
    kind: v.literal('species'),
    id: text(200),
    scientificName: v.pipe(v.string(), v.maxLength(300)),
    commonName: v.optional(text(200)),
  }),
  /** None of what they were shown. */
  v.object({ kind: v.literal('none') }),
])
export type KeptSaid = v.InferOutput<typeof KeptSaid>

export const Sheet = v.object({
  id: SheetId,
  begunAtMs: timeMs,
  /** Of the latest answer about this plant. */
  changedAtMs: timeMs,
  model: v.object({ id: text(200), flora: text(200) }),
  verdict: Verdict,
  candidates: v.pipe(v.array(KeptCandidate), v.minLength(1), v.maxLength(20)),
  photos: v.pipe(v.array(KeptPhoto), v.maxLength(20)),
  /** What else was known of the plant: the list that the answer was kept to, and whether it was weighed by a place; never which. null: nothing. */
  narrowed: v.optional(v.nullable(v.object({ checklist: v.nullable(text(100)), place: v.boolean() })), null),
  /** null: nothing was said, or it was kept before one could. */
  said: v.optional(v.nullable(KeptSaid), null),
})
export type Sheet = v.InferOutput<typeof Sheet>

/** null: it is damaged. */
export function parseSheet(record: unknown): Sheet | null {
  const parsed = v.safeParse(Sheet, record)
  return parsed.success ? parsed.output : null
}

/** What a sheet is called: the taxon that it names with its score (of a few, the best), or null if it names none. */
export function titleOf({ verdict, candidates }: Sheet): KeptTitle | null {
  const { kind } = verdict
  if (kind === 'kin') return { rank: verdict.rank, scientificName: verdict.name, score: verdict.score }
  return kind === 'species' || kind === 'shortlist' ? { rank: 'species', ...candidates[0]! } : null
}

export type KeptTitle = Pick<KeptCandidate, 'scientificName' | 'commonName' | 'score'> & {
  rank: 'species' | 'genus' | 'family'
}
