/** What a worker is doing, told to whoever shows it (a page, a terminal). Plain values: a page may keep them as they are. */
import type { LeaseId, RunId } from '@worldflora/protocol/ids'
import type { BackendName, Lease, Task } from '@worldflora/protocol/messages'
import type { GpuTrial } from './compute-port.ts'
import type { Delivery } from './delivery.ts'
import { ShareCount, type StepShare } from './step-share.ts'

/** What the host lacks, and the worker therefore does without. */
export type MissingFeature = 'web-locks' | 'indexeddb' | 'webgpu'

export type Activity = {
  state: 'connecting' | 'idle' | 'fetching' | 'computing' | 'sending' | 'ended'
  /** Why it is connecting for long, why there is nothing for it to do, or why it ended, in words for the volunteer. */
  note: string | null
  /** null until the backend is open. */
  backend: BackendName | null
  adapter: string | null
  /** On how many of the machine's cores tasks are computed; a GPU takes one. */
  cores: number
  /** What became of this machine's GPU; null where there is none, or before it is known. */
  gpu: GpuFate | null
  run: { id: RunId; name: string } | null
  task: ActivityTask | null
  /** null before the first gradient. */
  share: StepShare | null
  /** Images of all results that were delivered. */
  imagesDone: number
  /** Gradients that became part of a step. */
  stepsContributed: number
  bytesDown: number
  bytesUp: number
  imagesPerSecond: number | null
  missing: readonly MissingFeature[]
}

/** `resting`: nothing that is being trained takes it. */
export type GpuFate = GpuTrial['verdict'] | 'lost' | 'resting'

export type ActivityTask = {
  kind: Task['kind']
  step: number
  task: number
  /** Of the lease, this one included. */
  tasksLeft: number
  /** Its photos: here each is one, in however many views or crops. */
  images: number
  imagesDone: number
  /** Some of the task's photos as JPEG, for a page to show; as many as the session was asked to give. */
  photos: readonly Uint8Array[]
}

/** Holds the present activity and passes every change on as a new value. */
export class ActivityBoard {
  #activity: Activity = {
    state: 'connecting',
    note: null,
    backend: null,
    adapter: null,
    cores: 1,
    gpu: null,
    run: null,
    task: null,
    share: null,
    imagesDone: 0,
    stepsContributed: 0,
    bytesDown: 0,
    bytesUp: 0,
    imagesPerSecond: null,
    missing: [],
  }
  readonly #count = new ShareCount()
  readonly #onActivity: (activity: Activity) => void

  constructor(onActivity: (activity: Activity) => void) {
    this.#onActivity = onActivity
  }

  show(change: Partial<Activity>): void {
    this.#activity = { ...this.#activity, ...change }
    this.#onActivity(this.#activity)
  }

  /** Of the task that is shown. */
  showTaskProgress(of: number, imagesDone: number): void {
    const task = this.#activity.task
    if (task?.task === of) this.show({ task: { ...task, imagesDone } })
  }

  showPhotos(of: number, photos: readonly Uint8Array[]): void {
    const task = this.#activity.task
    if (task?.task === of) this.show({ task: { ...task, photos } })
  }

  countTransfer(direction: 'bytesDown' | 'bytesUp', bytes: number): void {
    this.show({ [direction]: this.#activity[direction] + bytes })
  }

  showTakenUp(lease: Lease): void {
    this.#count.takeUp(lease)
    this.show({ share: this.#count.share })
  }

  /** Of one task. A stale one brought nothing. */
  countDelivery({ leaseId, task, images, as }: Delivery): void {
    const isPartOfStep = as === 'accepted' && task.kind === 'gradient'
    this.#count.putDown(leaseId, task.task, isPartOfStep)
    this.show({
      share: this.#count.share,
      imagesDone: this.#activity.imagesDone + (as === 'stale' ? 0 : images),
      stepsContributed: this.#activity.stepsContributed + (isPartOfStep ? 1 : 0),
    })
  }

  showUnwanted(leaseId: LeaseId, tasks: readonly number[]): void {
    for (const task of tasks) this.#count.putDown(leaseId, task, false)
    this.show({ share: this.#count.share })
  }

  showEnded(leaseId: LeaseId): void {
    this.#count.end(leaseId)
    this.show({ share: this.#count.share })
  }
}
