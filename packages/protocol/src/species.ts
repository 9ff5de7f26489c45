/** A species of a flora: its names, its kin, and where else it is described. */
import * as v from 'valibot'

/** A language as the web names it (BCP 47), in lower case. */
export const Language = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2,3}(-[a-z0-9]{1,8})*$/, 'a language is two or three letters, such as fr or pt-br'),
)

export const Species = v.object({
  /** Key within the flora: the folder's name or the CSV's `species`. */
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  scientificName: v.pipe(v.string(), v.maxLength(300)),
  genus: v.optional(v.pipe(v.string(), v.maxLength(100))),
  family: v.optional(v.pipe(v.string(), v.maxLength(100))),
  commonName: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** Who named it, as botany abbreviates them: `L.` */
  authorship: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** In the backbones of GBIF and of Plants of the World Online. */
  gbifId: v.optional(v.pipe(v.string(), v.maxLength(100))),
  powoId: v.optional(v.pipe(v.string(), v.maxLength(100))),
  /** Of the red list: `LC`, `VU`, ... */
  iucnCategory: v.optional(v.pipe(v.string(), v.maxLength(20))),
  /** Other scientific names, with or without their authors. */
  synonyms: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(300))), v.maxLength(200))),
  /** By language (`en`, `pt-br`), the most usual first. */
  commonNames: v.optional(
    v.record(Language, v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(50))),
  ),
  /** Names of lists that it stands in: of a country's plants, of a garden's. Answers can be kept to one of them. */
  checklists: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))), v.maxLength(50)),
  ),
})
export type Species = v.InferOutput<typeof Species>
