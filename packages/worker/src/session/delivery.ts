/**
 * A computed lease on its way to the coordinator, while the next one is being computed. If others were first with some tasks
 * of a sum, the sum of the others is made and sent: a sum cannot be added in part.
 */
import type { LeaseId } from '@worldflora/protocol/ids'
import type { Lease, Task } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import type { HeldLease, LeaseEnd } from './held-lease.ts'
import { UNREACHABLE } from './http-attempts.ts'
import type { LeaseTools } from './lease-tools.ts'
import { type Parcel, sumOf } from './lease-work.ts'
import { unlessAborted } from './unless-aborted.ts'

/** What became of a task that was delivered. */
export type Delivery = {
  as: 'accepted' | 'late' | 'stale'
  leaseId: LeaseId
  task: Pick<Task, 'kind' | 'task'>
  images: number
}

export async function deliver(held: HeldLease, parcels: Parcel[], tools: LeaseTools): Promise<LeaseEnd> {
  try {
    for (const parcel of parcels) {
      const end = await deliverParcel(held, parcel, tools)
      if (end.kind !== 'delivered') return end
    }
    return { kind: 'delivered' }
  } finally {
    release(held.lease, tools)
  }
}

/** What the compute part keeps of it. One that is gone has released everything. */
export function release({ leaseId }: Lease, { seat, device }: LeaseTools): void {
  seat.call(device, (part) => part.release(leaseId)).catch(() => {})
}

async function deliverParcel(held: HeldLease, parcel: Parcel, tools: LeaseTools): Promise<LeaseEnd> {
  const { signal } = held.abandon
  let { tasks, body } = parcel
  try {
    for (;;) {
      const digests = tasks.flatMap(({ digest }) => digest ?? [])
      const answered = { leaseId: held.lease.leaseId, tasks: tasks.map(({ task }) => task.task), digests }
      const reply = await unlessAborted(tools.push.push(answered, body, signal), signal)
      // What never arrived is still leased to this worker; what was refused is not.
      if (isRejection(reply))
        return { kind: reply.code === UNREACHABLE ? 'failed' : 'refused', rejection: reply }
      const { kind } = reply
      const open = kind === 'partly-late' ? tasks.filter(({ task }) => reply.open.includes(task.task)) : []
      for (const { task, images } of tasks.filter((task) => !open.includes(task))) {
        const as = kind === 'partly-late' ? 'late' : kind
        tools.onDelivery({ as, leaseId: answered.leaseId, task, images })
      }
      if (open.length === 0) return { kind: 'delivered' }
      const sum = await sumOf(held, open, tools)
      if (!(sum instanceof Uint8Array)) return sum
      tasks = open
      body = sum
    }
  } catch (error) {
    if (signal.aborted) return { kind: 'abandoned' }
    throw error
  }
}
