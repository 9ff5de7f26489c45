/** How fast a worker is, by its last tasks: of photos, and of features, which a head goes through a hundred times as fast. */
import type { Lease } from '@worldflora/protocol/messages'
import { type Material, materialOf } from '@worldflora/protocol/task-images'
import { Rate } from './rate.ts'

const TASKS_REMEMBERED = 8

export class Paces {
  readonly #rates: Record<Material, Rate> = {
    photos: new Rate(TASKS_REMEMBERED),
    features: new Rate(TASKS_REMEMBERED),
  }

  /** Of images. */
  of(material: Material): Rate {
    return this.#rates[material]
  }

  /** Its tasks are of one kind. */
  forLease({ run, tasks }: Pick<Lease, 'run' | 'tasks'>): Rate {
    return this.of(materialOf(run, tasks[0].kind))
  }
}
