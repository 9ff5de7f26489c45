/** The tables. A change here needs a migration: `npx drizzle-kit generate` in apps/coordinator. */

import type { Evaluation, Split } from '@worldflora/protocol/evaluation'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { RunState } from '@worldflora/protocol/runs'
import type { SubmissionState } from '@worldflora/protocol/submissions'
import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  serial,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import type { FeaturesResult, InitialWeights, Origin, Rollback, SubmissionRecord } from './store.ts'

const hash = (name: string) => text(name).$type<Hash>()
const bytes = (name: string) => bigint(name, { mode: 'number' })
const when = (name: string) => timestamp(name, { withTimezone: true })
const runId = () =>
  text('run_id')
    .$type<RunId>()
    .notNull()
    .references(() => runs.id)

export const runs = pgTable('runs', {
  /** The order of making. */
  number: serial('number').notNull(),
  id: text('id').$type<RunId>().primaryKey(),
  config: jsonb('config').$type<RunConfig>().notNull(),
  floraName: text('flora_name').notNull(),
  floraHash: hash('flora_hash').notNull(),
  species: integer('species').notNull(),
  unitExponent: integer('unit_exponent').notNull(),
  steps: integer('steps').notNull(),
  samplesPerEpoch: bigint('samples_per_epoch', { mode: 'number' }).notNull(),
  state: text('state').$type<RunState>().notNull(),
  reason: text('reason'),
  createdAt: when('created_at').notNull().defaultNow(),
  /** What it was forked from. */
  origin: jsonb('origin').$type<Origin>(),
  rollbacks: jsonb('rollbacks').$type<Rollback[]>().notNull().default(sql`'[]'::jsonb`),
  priority: integer('priority').notNull().default(0),
  newestKept: integer('newest_kept').notNull().default(3),
  /** What its weights of step 0 are made of, beside the seed. */
  initialWeights: jsonb('initial_weights').$type<InitialWeights>(),
  /** Runs of before it was a column had 256 photos a part, in up to 64 views. */
  imagesPerPart: integer('images_per_part').notNull().default(16_384),
})

export const steps = pgTable(
  'steps',
  {
    runId: runId(),
    step: integer('step').notNull(),
    epoch: doublePrecision('epoch').notNull(),
    samples: integer('samples').notNull(),
    seconds: doublePrecision('seconds').notNull(),
    loss: doublePrecision('loss').notNull(),
    accuracy: doublePrecision('accuracy').notNull(),
    learningRate: doublePrecision('learning_rate').notNull(),
    durableAt: when('durable_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
)

export const checkpoints = pgTable(
  'checkpoints',
  {
    runId: runId(),
    step: integer('step').notNull(),
    checkpoint: hash('checkpoint').notNull(),
    baseBlob: hash('base_blob'),
    baseBytes: bytes('base_bytes'),
    deltaBlob: hash('delta_blob'),
    deltaBytes: bytes('delta_bytes'),
    optimizerState: hash('optimizer_state'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
)

/** Checkpoints that stay whole, under their own name, for forks and rollbacks. */
export const milestones = pgTable(
  'milestones',
  {
    runId: runId(),
    step: integer('step').notNull(),
    checkpoint: hash('checkpoint').notNull(),
    bytes: bytes('bytes').notNull(),
    optimizerState: hash('optimizer_state'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
)

export const evaluations = pgTable(
  'evaluations',
  {
    runId: runId(),
    step: integer('step').notNull(),
    split: text('split').$type<Split>().notNull(),
    checkpoint: jsonb('checkpoint').$type<CheckpointRef>().notNull(),
    /** null while it is pending. */
    result: jsonb('result').$type<Evaluation>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step, table.split] })],
)

export const features = pgTable(
  'features',
  {
    number: serial('number').notNull(),
    runId: runId(),
    step: integer('step').notNull(),
    split: text('split').$type<Split>().notNull(),
    checkpoint: jsonb('checkpoint').$type<CheckpointRef>().notNull(),
    /** null while parts are missing. */
    result: jsonb('result').$type<FeaturesResult>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step, table.split] })],
)

export const floras = pgTable('floras', {
  name: text('name').primaryKey(),
  hash: hash('hash').notNull(),
  updatedAt: when('updated_at').notNull().defaultNow(),
})

export const models = pgTable('models', {
  number: serial('number').primaryKey(),
  weights: hash('weights').notNull(),
  model: jsonb('model').$type<PublishedModel>().notNull(),
})

export const operatorSessions = pgTable('operator_sessions', {
  hash: hash('hash').primaryKey(),
  expiresAt: when('expires_at').notNull(),
})

/** Programs that ask /v2. A key is kept by its hash, and for ever, so that its use stays attributed. */
export const apiKeys = pgTable('api_keys', {
  number: serial('number').notNull(),
  id: text('id').primaryKey(),
  hash: hash('hash').notNull().unique(),
  name: text('name').notNull(),
  dailyQuota: integer('daily_quota').notNull(),
  origins: jsonb('origins').$type<string[]>().notNull(),
  createdAt: when('created_at').notNull(),
  revokedAt: when('revoked_at'),
})

/** Days begin at 00:00 UTC. */
export const apiUses = pgTable(
  'api_uses',
  {
    keyId: text('key_id')
      .notNull()
      .references(() => apiKeys.id),
    day: date('day', { mode: 'string' }).notNull(),
    identifications: integer('identifications').notNull(),
  },
  (table) => [primaryKey({ columns: [table.keyId, table.day] })],
)

/** Plants that visitors gave photos of. A rejected one stays for as long as that can be undone. Nothing here says who sent it, or from where. */
export const submissions = pgTable(
  'submissions',
  {
    /** The order of coming. */
    number: serial('number').notNull(),
    id: text('id').primaryKey(),
    at: when('at').notNull(),
    state: text('state').$type<SubmissionState>().notNull(),
    flora: text('flora').notNull(),
    model: text('model').notNull(),
    named: jsonb('named').$type<SubmissionRecord['named']>(),
    said: jsonb('said').$type<SubmissionRecord['said']>(),
    species: jsonb('species').$type<SubmissionRecord['species']>(),
    photos: jsonb('photos').$type<SubmissionRecord['photos']>().notNull(),
    licence: text('licence').notNull(),
    author: text('author').notNull(),
    decidedAt: when('decided_at'),
  },
  (table) => [index('submissions_by_state').on(table.state, table.number)],
)

export const events = pgTable(
  'events',
  {
    number: bigserial('number', { mode: 'number' }).primaryKey(),
    at: when('at').notNull(),
    kind: text('kind').notNull(),
    runId: text('run_id'),
    text: text('text').notNull(),
  },
  (table) => [index('events_by_run').on(table.runId)],
)
