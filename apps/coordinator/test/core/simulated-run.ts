/** What the adapters make of a run in a simulation: a store that survives a kill, and sums in memory that do not. */

import type { RunPlan } from '@worldflora/dataset/epoch-plan'
import type { RunId } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import type { RandomStream } from '@worldflora/protocol/random'
import { expect } from 'vitest'
import type { Effect, EvaluationOrder, TaskKey } from '../../src/core/events.ts'
import { orderAt, runOf, type Scene } from './fixture.ts'

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>

export const POISON = 'poison'

export class SimulatedRun {
  readonly id: RunId
  readonly scene: Scene
  readonly #plan: RunPlan
  // The store.
  durable = 0
  state: 'running' | 'paused' | 'finished' = 'running'
  pending: EvaluationOrder[] = []
  /** A task that fails wherever it is computed, until the operator has seen to it. */
  #poison: { step: number; task: number } | null
  readonly #used = new Map<string, number>()
  #ordered = 0
  #evaluated = 0
  // The memory.
  isClosing = false
  /** Entries of the contributions of the step in flight, by task. */
  #sums = new Map<number, string[]>()
  /** Tasks of each evaluation under way. */
  #rows = new Map<number, Set<number>>()

  constructor(random: RandomStream, seed: number, index: number) {
    this.id = `run-${index}` as RunId
    this.scene = {
      id: this.id,
      backend: random.below(2) === 0 ? 'any' : 'deterministic',
      shardSizes: Array.from({ length: 1 + random.below(4) }, () => 1 + random.below(20)),
      samplesPerTask: 1 + random.below(6),
      tasksPerStep: 1 + random.below(6),
      epochs: 1 + random.below(2),
      seed,
    }
    this.#plan = runOf(this.scene).plan
    const step = random.below(this.#plan.steps)
    this.#poison = random.below(3) === 0 ? { step, task: 0 } : null
  }

  get isThrough(): boolean {
    return this.durable === this.#plan.steps
  }

  isPoisoned({ kind, step, task }: Task): boolean {
    return kind === 'gradient' && this.#poison?.step === step && this.#poison.task === task
  }

  pause({ reason }: EffectOf<'pause-run'>): void {
    this.state = 'paused'
    if (!reason.includes(POISON)) return
    expect(reason, 'LV1: the operator is told what to look at').toMatch(/gradient task 0 .* samples: \d/)
    this.#poison = null
  }

  takeResult({ kind, step, task }: TaskKey): void {
    if (kind === 'evaluate') {
      const rows = this.#rows.get(step) ?? new Set()
      expect(rows.has(task), 'one result for a task').toBe(false)
      this.#rows.set(step, rows.add(task))
      return
    }
    expect(step, 'LS2').toBe(this.durable)
    expect(this.isClosing, 'nothing comes after the last').toBe(false)
    expect(this.#sums.has(task), 'one contribution for a task').toBe(false)
    const { entries } = this.#plan.tasksOf(step)[task]!
    const names = entries.map(({ shard, sample }) => `${shard}/${sample}`)
    this.#sums.set(task, names)
  }

  close({ step, samples }: EffectOf<'close-step'>): void {
    expect(samples, 'GB1').toBe([...this.#sums.values()].flat().length)
    expect(step).toBe(this.durable)
    this.isClosing = true
  }

  /** Writes the step, with an evaluation of so many tasks; the last step always has one. */
  keepStep(evaluationTasks: number): EvaluationOrder | null {
    for (const entry of [...this.#sums.values()].flat()) {
      this.#used.set(entry, (this.#used.get(entry) ?? 0) + 1)
    }
    this.loseStep()
    this.durable++
    if (this.isThrough) this.state = 'finished'
    if (evaluationTasks === 0 && !this.isThrough) return null
    const order = orderAt(this.durable, Math.max(1, evaluationTasks))
    this.pending.push(order)
    this.#ordered++
    return order
  }

  closeEvaluation(step: number): void {
    const order = this.pending.find((pending) => pending.step === step)!
    expect(this.#rows.get(step)?.size).toBe(order.tasks.length)
    this.#rows.delete(step)
    this.pending = this.pending.filter((pending) => pending !== order)
    this.#evaluated++
  }

  announce({ step, finished }: EffectOf<'announce-step'>): void {
    expect({ step, finished }, 'CK1').toEqual({ step: this.durable, finished: this.isThrough })
  }

  loseStep(): void {
    this.#sums = new Map()
    this.isClosing = false
  }

  loseMemory(): void {
    this.loseStep()
    this.#rows = new Map()
  }

  expectComplete(): void {
    const { shardSizes, epochs } = this.scene
    const samples = shardSizes.reduce((sum, size) => sum + size, 0)
    expect(this.#used.size, 'GB2: every entry is used').toBe(samples)
    expect(new Set(this.#used.values()), 'GB2: exactly once in an epoch').toEqual(new Set([epochs]))
    expect(this.#evaluated, 'every evaluation is made once').toBe(this.#ordered)
  }
}
