/**
 * A run's configuration with some of it changed, for a fork or after a rollback. Changes are a JSON merge patch (RFC 7386:
 * objects merge, null takes a field away), except that an object of another `name` replaces the old one: one optimizer's
 * fields mean nothing to another.
 */
import { canonicalJson } from '@worldflora/protocol/hash'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { RunConfig } from '@worldflora/protocol/run-config'

export type ConfigChanges = { [field: string]: unknown }

/** The weights are of this shape: with another, nothing could go on from them. And they are those it begins with. */
const LAYOUT_FIELDS = ['flora', 'architecture', 'initialWeights'] as const
/** Which samples a step has: with others, step N is another place. */
const PLAN_FIELDS = ['seed', 'samplesPerTask', 'tasksPerStep', 'sampling'] as const

export type ChangedConfig = { before: RunConfig; config: RunConfig; changed: (keyof RunConfig)[] }

export function changeConfig(config: RunConfig, changes: ConfigChanges): ChangedConfig | Rejection {
  if ('name' in changes) {
    return reject('fixed-field', 'The name cannot be changed here.', 'Take `name` out of the changes.')
  }
  const wished: ConfigChanges = { ...config, ...oneLength(changes) }
  for (const [field, value] of Object.entries(changes)) {
    wished[field] = patched((config as ConfigChanges)[field], value)
  }
  const parsed = parseOrReject(RunConfig, withoutNulls(wished), 'the changed run')
  if (isRejection(parsed)) return parsed
  const changed = differences(config, parsed)
  const fixed = LAYOUT_FIELDS.filter((field) => changed.includes(field))
  if (fixed.length === 0) return { before: config, config: parsed, changed }
  return reject(
    'fixed-field',
    `The checkpoint’s weights do not fit another ${fixed.join(' and ')}.`,
    `Take ${fixed.map((field) => `\`${field}\``).join(' and ')} out of the changes, or start a new run.`,
  )
}

/** Those that decide which samples a step has, and what it trains. */
export function planChanges({ changed, before, config }: ChangedConfig): string[] {
  const fixed: string[] = PLAN_FIELDS.filter((field) => changed.includes(field))
  return canonicalJson(phasePlan(before)) === canonicalJson(phasePlan(config)) ? fixed : [...fixed, 'phases']
}

/** The last one may become longer or shorter: the steps of before stay what they were. */
function phasePlan({ phases = [] }: RunConfig) {
  return phases.map(({ train, views, samplesPerTask, tasksPerStep, epochs, steps, augmentation }, place) => ({
    train,
    samplesPerTask,
    tasksPerStep,
    ...(train === 'head' ? { views, augmentation } : {}),
    ...(place === phases.length - 1 ? {} : { epochs, steps }),
  }))
}

export function differences(a: RunConfig, b: RunConfig): (keyof RunConfig)[] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof RunConfig>
  return [...fields].filter(
    (field) => canonicalJson([a[field] ?? null]) !== canonicalJson([b[field] ?? null]),
  )
}

/** Who gives one of them means it instead of another. */
function oneLength(changes: ConfigChanges): ConfigChanges {
  if (Array.isArray(changes.phases)) return { epochs: null, steps: null }
  if (changes.steps !== undefined && changes.epochs === undefined) return { epochs: null }
  if (changes.epochs !== undefined && changes.steps === undefined) return { steps: null }
  return {}
}

function patched(old: unknown, wish: unknown): unknown {
  if (!isObject(old) || !isObject(wish)) return wish
  if (wish.name !== undefined && wish.name !== old.name) return withoutNulls(wish)
  const merged: ConfigChanges = { ...old }
  for (const [field, value] of Object.entries(wish)) merged[field] = patched(old[field], value)
  return withoutNulls(merged)
}

function isObject(value: unknown): value is ConfigChanges {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withoutNulls(value: ConfigChanges): ConfigChanges {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}
