/** The options in an address, parsed once (IN1). What is not given has the value that Pl@ntNet's have. */
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { type Fault, fault } from './faults.ts'

/** Python's requests say True. */
const yesOrNo = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['true', 'false', '1', '0', ''], 'has to be true or false'),
  v.transform((text) => text === 'true' || text === '1'),
)
const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'has to be a whole number'),
    v.transform(Number),
    v.minValue(least, `has to be ${least} at least`),
    v.maxValue(most, `may be ${most} at most`),
  )
const lang = v.optional(v.pipe(v.string(), v.maxLength(35), v.toLowerCase()), 'en')
const type = v.optional(v.picklist(['kt', 'legacy'], 'has to be kt or legacy'), 'kt')
const coordinate = (most: number) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[+-]?\d{1,3}(\.\d{1,20})?$/, 'has to be degrees'),
      v.transform(Number),
      v.minValue(-most),
      v.maxValue(most),
    ),
  )
const day = v.optional(v.pipe(v.string(), v.isoDate('has to be a day like 2026-11-26')))

export const IdentifyQuery = v.object({
  'include-related-images': v.optional(yesOrNo, 'false'),
  'no-reject': v.optional(yesOrNo, 'false'),
  'nb-results': v.optional(wholeNumber(1, 1000), '10'),
  lang,
  type,
  detailed: v.optional(yesOrNo, 'false'),
})
export type IdentifyQuery = v.InferOutput<typeof IdentifyQuery>

export const ProjectsQuery = v.object({ lang, type, lat: coordinate(90), lon: coordinate(180) })

export const SpeciesQuery = v.object({
  lang,
  type,
  pageSize: v.optional(wholeNumber(1, 1000), '100'),
  page: v.optional(wholeNumber(1, 999_999_999), '1'),
  prefix: v.optional(v.pipe(v.string(), v.maxLength(300)), ''),
})
export type SpeciesQuery = v.InferOutput<typeof SpeciesQuery>

export const AlignQuery = v.object({
  lang,
  name: v.pipe(v.string('is missing'), v.trim(), v.minLength(1, 'is missing'), v.maxLength(500)),
})

export const DayQuery = v.object({ day })
export const DaysQuery = v.object({ start: day, end: day })

export function parseQuery<S extends v.GenericSchema>(
  schema: S,
  query: Record<string, string>,
): v.InferOutput<S> | Fault {
  const parsed = parseOrReject(schema, query, 'the address')
  return isRejection(parsed) ? fault(400, parsed.message) : parsed
}
