/** Which device this worker computes on: the one it begins with, what comes after a lost one, and what suits the runs that there are. */
import type { Device } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { DeviceClass } from '@worldflora/protocol/run-config'
import type { ActivityBoard, GpuFate } from './activity.ts'
import type { BackendChoice } from './compute-port.ts'
import type { ComputeSeat } from './compute-seat.ts'
import type { SessionOptions } from './session-options.ts'

/** After so many a GPU is left alone. */
const LOSSES_ACCEPTED = 2

type Wish = Pick<SessionOptions, 'backend' | 'trials'>

/** `fate`: what then became of the GPU, if it is not what was opened. */
export type DeviceChange = { device: Device | Rejection; fate: GpuFate | null }

export class DeviceChoice {
  readonly #wish: Wish
  readonly #seat: ComputeSeat
  readonly #board: ActivityBoard
  /** How often the device was lost. */
  #losses = 0
  /** It gave way to the processor. */
  #isGpuResting = false

  constructor(wish: Wish, seat: ComputeSeat, board: ActivityBoard) {
    this.#wish = wish
    this.#seat = seat
    this.#board = board
  }

  first(): Promise<Device | Rejection> {
    return this.#open(this.#wish.backend ?? 'auto')
  }

  /** One that is lost again and again gives way to the processor, unless it was chosen. */
  async afterLoss(): Promise<DeviceChange> {
    this.#seat.terminate()
    this.#losses++
    const { backend = 'auto' } = this.#wish
    const next = backend === 'auto' && this.#losses > LOSSES_ACCEPTED ? 'wasm' : backend
    return { device: await this.#open(next), fate: 'lost' }
  }

  /**
   * WK15: a GPU that need not be used gives way where only the processor's results are taken, and comes back where nothing needs
   * these. null: the present device stays.
   */
  async toSuit(classes: readonly DeviceClass[], present: Device): Promise<DeviceChange | null> {
    if (classes.length !== 1 || (this.#wish.backend ?? 'auto') !== 'auto') return null
    const [taken] = classes
    const givesWay = taken === 'deterministic' && present.backend === 'webgpu'
    const comesBack = taken === 'any' && this.#isGpuResting
    if (!givesWay && !comesBack) return null
    this.#seat.terminate()
    this.#isGpuResting = givesWay
    return { device: await this.#open(givesWay ? 'wasm' : 'auto'), fate: givesWay ? 'resting' : null }
  }

  async #open(backend: BackendChoice): Promise<Device | Rejection> {
    const { trials } = this.#wish
    try {
      const opened = await this.#seat.open({ backend, trial: trials?.load() ?? null })
      if (isRejection(opened)) return opened
      const { device, trial } = opened
      if (trial !== null && trial.verdict !== 'untried') trials?.keep(trial)
      this.#board.show({
        backend: device.backend,
        adapter: device.adapter ?? trial?.adapter ?? null,
        gpu: trial?.verdict ?? null,
      })
      return device
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return reject(
        'compute-failed',
        `The compute part did not start: ${message}`,
        'Reload, or try another browser.',
      )
    }
  }
}

/** In words; null: this device is not why. */
export function whyIdle(classes: readonly DeviceClass[], { backend }: Device): string | null {
  if (classes.join() !== 'deterministic' || backend === 'wasm') return null
  return 'What is being trained takes results of the wasm backend only.'
}
