/** Bodies of the HTTP API, and the limits of what may be sent to it. Paths are in docs/protocol.md. */
import * as v from 'valibot'
import { Calibration } from './calibration.ts'
import { Hash, RunId, Slug, WorkerId } from './ids.ts'
import { BackendName, Evaluation, RunStatus, Split } from './messages.ts'
import { Architecture, RunConfig } from './run-config.ts'

const index = v.pipe(v.number(), v.integer(), v.minValue(0))

export const LIMITS = {
  jsonBytes: 1 << 20,
  evaluateResultBytes: 32 << 20,
  /** A manifest may need it; shards are far smaller. */
  blobBytes: 256 << 20,
} as const

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

/** `GET /api/status` */
export const Status = v.object({
  version: v.string(),
  protocol: index,
  build: v.string(),
  workers: index,
  runs: v.array(RunStatus),
  model: v.nullable(
    v.object({
      id: v.string(),
      checkpoint: Hash,
      species: index,
      isCalibrated: v.optional(v.boolean(), false),
    }),
  ),
  /** The data folder cannot be read or written; absent when all is well. `model` may then be unknown (null). */
  trouble: v.optional(v.object({ message: v.string(), action: v.string() })),
})
export type Status = v.InferOutput<typeof Status>

/** The form in which a model is identified with (QW2): blobs that one behind the other are the bytes of `format`. */
export const CompactWeights = v.object({
  /** Of another than `COMPACT_FORMAT` this page knows nothing. */
  format: v.pipe(v.string(), v.maxLength(20)),
  shards: v.pipe(v.array(v.object({ blob: Hash, bytes: index })), v.minLength(1), v.maxLength(1_000_000)),
})
export type CompactWeights = v.InferOutput<typeof CompactWeights>

/**
 * `GET /api/model`: what a tab needs to identify. `weights` is a blob of canonical float32 weights: for downloads, forks and
 * evaluations, and to identify with where there is no `compact` form.
 */
export const PublishedModel = v.object({
  id: v.string(),
  run: v.object({ id: RunId, name: v.string(), step: index }),
  flora: v.object({ name: Slug, hash: Hash }),
  checkpoint: Hash,
  weights: v.object({ blob: Hash, bytes: index }),
  /** null: it was published before there was one. */
  compact: v.optional(v.nullable(CompactWeights), null),
  architecture: Architecture,
  species: v.array(Species),
  evaluation: v.nullable(Evaluation),
  publishedAt: v.string(),
  /** Where its species have been met (places.ts), a blob; null: its flora does not say. */
  places: v.optional(v.nullable(v.object({ blob: Hash, bytes: index })), null),
  /** null until it is fitted, some time after publication. */
  calibration: v.optional(v.nullable(Calibration), null),
})
export type PublishedModel = v.InferOutput<typeof PublishedModel>

/**
 * `GET /api/references/FLORA/SPECIES`: train photos of a species of the published model's flora, for people to compare with; some of each
 * organ. What is null nobody has said. Its answer follows from its address alone.
 */
export const ReferencePhotos = v.object({
  photos: v.pipe(
    v.array(
      v.object({
        /** The photo as JPEG is at `/v2/photos/SHARD/SAMPLE.jpg`. */
        shard: Hash,
        sample: index,
        organ: v.nullable(v.string()),
        author: v.nullable(v.string()),
        license: v.nullable(v.string()),
      }),
    ),
    v.maxLength(100),
  ),
})
export type ReferencePhotos = v.InferOutput<typeof ReferencePhotos>

/** `POST /api/login` */
export const LoginRequest = v.object({ token: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) })

/** `GET /api/floras` (operator) */
export const FloraSummary = v.object({
  name: Slug,
  hash: Hash,
  species: index,
  photos: v.object({ train: index, val: index, test: index }),
})
export type FloraSummary = v.InferOutput<typeof FloraSummary>

/** `PUT /api/floras/:name` (operator): the manifest and its shards are blobs already. */
export const PutFlora = v.object({ manifest: Hash })

/** What an operator may set of a run at any time; none of it decides the result. */
const settings = {
  priority: v.pipe(index, v.maxValue(9)),
  newestKept: v.pipe(index, v.maxValue(1000)),
}
/** `POST /api/runs/:id/priority` (operator) */
export const PutPriority = v.strictObject({ priority: settings.priority })
/** `POST /api/runs/:id/retention` (operator): so many of the newest milestones are kept. */
export const PutRetention = v.strictObject({ newestKept: settings.newestKept })

/** A JSON merge patch of a RunConfig; what comes out is parsed as one. */
const ConfigChanges = v.record(v.string(), v.unknown())

/** `POST /api/runs/:id/fork` (operator). `restart`: at step 0, whatever is changed. */
export const ForkRun = v.strictObject({
  step: index,
  name: Slug,
  changes: v.optional(ConfigChanges, {}),
  restart: v.optional(v.boolean(), false),
})
export type ForkRun = v.InferOutput<typeof ForkRun>

/** Whether the optimizer goes on from its state, or is another one that begins without. */
const optimizer = v.picklist(['kept', 'fresh'])

export const ForkedRun = v.object({ id: RunId, step: index, optimizer })
export type ForkedRun = v.InferOutput<typeof ForkedRun>

/** `POST /api/runs/:id/rollback` (operator) */
export const RollBackRun = v.strictObject({ step: index, changes: v.optional(ConfigChanges, {}) })
export type RollBackRun = v.InferOutput<typeof RollBackRun>

export const RolledBackRun = v.object({
  step: index,
  dropped: v.object({ steps: index, evaluations: index, pending: index, features: index }),
  optimizer,
})
export type RolledBackRun = v.InferOutput<typeof RolledBackRun>

/** A checkpoint that a run can be forked from or rolled back to. */
export const KeptCheckpoint = v.object({
  step: index,
  epoch: v.number(),
  checkpoint: Hash,
  why: v.array(v.picklist(['latest', 'recent', 'start', 'newest', 'best', 'measuring'])),
  /** On the split that the run is followed by. */
  evaluation: v.nullable(Evaluation),
})
export type KeptCheckpoint = v.InferOutput<typeof KeptCheckpoint>

/** `GET /api/runs/:id/checkpoints`, by step. */
export const KeptCheckpoints = v.object({
  checkpoints: v.array(KeptCheckpoint),
  /** Of all that is on the disk for the run: weights, deltas, optimizer states. */
  bytes: index,
  newestKept: settings.newestKept,
})
export type KeptCheckpoints = v.InferOutput<typeof KeptCheckpoints>

/** The weights that a run began with, whatever their source has become since. */
export const PinnedWeights = v.object({
  /** Of their manifest, see weights-manifest.ts. */
  hash: Hash,
  /** null: they were brought. */
  from: v.nullable(v.object({ run: RunId, name: v.string(), step: index })),
  /** So many species of the flora have the rows of their head; the others started fresh. */
  headRows: index,
})
export type PinnedWeights = v.InferOutput<typeof PinnedWeights>

/** `POST /api/runs` (operator) takes a RunConfig; `GET /api/runs/:id` answers with this. */
export const RunDetail = v.object({
  status: RunStatus,
  config: RunConfig,
  /** Seconds of training so far: from a step's opening to its checkpoint, summed. */
  trainingSeconds: v.number(),
  imagesTrained: index,
  /** The final weights on the test split; null until measured, and for ever if the flora has none. */
  testEvaluation: v.nullable(Evaluation),
  /** Train photos in an epoch: with the configuration it says where the phases end (`phasesOf`). */
  samplesPerEpoch: index,
  /** At the ends of phases that are through, as far as they are measured; by step. */
  phaseEvaluations: v.array(Evaluation),
  /** The run and step that it was forked from. */
  origin: v.nullable(v.object({ run: RunId, name: v.string(), step: index })),
  rollbacks: v.array(v.object({ at: v.string(), from: index, to: index, changed: v.array(v.string()) })),
  /** The photos that it is trained on. */
  flora: v.object({ name: Slug, hash: Hash, species: index }),
  initialWeights: v.nullable(PinnedWeights),
})
export type RunDetail = v.InferOutput<typeof RunDetail>

/**
 * `GET /api/runs/:id/weights?step=N` (operator): the weights in canonical form, of a checkpoint that is kept or of the latest; the
 * average where there is one (OP7). Headers say which they are.
 */
export const WeightsQuery = v.strictObject({
  step: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'has to be the number of a step'), v.transform(Number)),
  ),
})
export const WEIGHTS_HEADERS = { step: 'worldflora-step', checkpoint: 'worldflora-checkpoint' } as const

/** `GET /api/runs/:id/history` */
export const RunHistory = v.object({
  steps: v.array(
    v.object({
      step: index,
      epoch: v.number(),
      loss: v.number(),
      accuracy: v.number(),
      seconds: v.number(),
      learningRate: v.number(),
    }),
  ),
  evaluations: v.array(Evaluation),
  /** The oldest first: steps of before are gone from the curves. */
  rollbacks: v.array(v.object({ from: index, to: index })),
})
export type RunHistory = v.InferOutput<typeof RunHistory>

/** `POST /api/runs/:id/state` (operator) */
export const PutRunState = v.object({ state: v.picklist(['running', 'paused', 'stopped']) })

/** `POST /api/runs/:id/features` (operator): of the latest checkpoint, or of one that is kept. */
export const OrderFeatures = v.strictObject({ split: Split, step: v.optional(index) })
export type OrderFeatures = v.InferOutput<typeof OrderFeatures>

/** `GET /api/runs/:id/features`; `manifest` is a blob, see features-manifest.ts. */
export const FeaturesOf = v.object({
  step: index,
  split: Split,
  checkpoint: Hash,
  /** null while they are being computed. */
  result: v.nullable(
    v.object({ manifest: v.object({ blob: Hash, bytes: index }), photos: index, dims: index }),
  ),
})
export type FeaturesOf = v.InferOutput<typeof FeaturesOf>

/** `GET /api/workers` (operator) */
export const WorkerSummary = v.object({
  id: WorkerId,
  host: v.picklist(['browser', 'node']),
  backend: BackendName,
  deterministic: v.boolean(),
  connected: v.boolean(),
  /** What it holds a lease for now. */
  working: v.nullable(v.object({ run: v.string(), kind: v.string(), step: index, tasks: index })),
  images: index,
  imagesPerSecond: v.nullable(v.number()),
  joinedAt: v.string(),
})
export type WorkerSummary = v.InferOutput<typeof WorkerSummary>

/** `GET /api/events` (operator): the readable log, newest first. */
export const LogEvent = v.object({
  at: v.string(),
  kind: v.string(),
  run: v.nullable(v.string()),
  text: v.string(),
})
export type LogEvent = v.InferOutput<typeof LogEvent>

/** `GET /api/health` (operator): of the coordinator's process. */
export const Health = v.object({
  /** How late the event loop was, in windows of ten seconds, the latest first; the first is still open. */
  loop: v.array(v.object({ forMs: v.number(), p50Ms: v.number(), p99Ms: v.number(), mostMs: v.number() })),
  rssBytes: index,
  heapBytes: index,
})
export type Health = v.InferOutput<typeof Health>

/** An address that pages are from, as browsers say it: scheme, host, port, nothing behind. */
const Origin = v.pipe(
  v.string(),
  v.maxLength(300),
  v.check(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text,
    'an origin is written like https://example.org',
  ),
)

/** `POST /api/keys` (operator): a key for a program that asks `/v2`. */
export const MakeApiKey = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.minLength(1, 'a key needs a name'), v.maxLength(100)),
  /** Identifications a day. */
  dailyQuota: v.pipe(index, v.maxValue(10_000_000)),
  /** Pages that may use it; none: it is for programs of any kind, and for all pages. */
  origins: v.optional(v.pipe(v.array(Origin), v.maxLength(50)), []),
})
export type MakeApiKey = v.InferOutput<typeof MakeApiKey>

/** `GET /api/keys` (operator), the newest first. */
export const ApiKeySummary = v.object({
  id: v.string(),
  name: v.string(),
  dailyQuota: index,
  origins: v.array(v.string()),
  createdAt: v.string(),
  /** null: it is good. */
  revokedAt: v.nullable(v.string()),
  /** Identifications since 00:00 UTC. */
  usedToday: index,
})
export type ApiKeySummary = v.InferOutput<typeof ApiKeySummary>

/** The answer to `POST /api/keys`. `key` is shown this once: only its hash is kept. */
export const MadeApiKey = v.object({ ...ApiKeySummary.entries, key: v.string() })
export type MadeApiKey = v.InferOutput<typeof MadeApiKey>
