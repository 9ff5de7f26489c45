import { hashOf } from '@worldflora/protocol/hash'
import type { Lease, ResultReply, Task } from '@worldflora/protocol/messages'
import { expect, it } from 'vitest'
import { bringFlora, config, contributionOf, HandWorker, openRun, sumOf } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

type Push = { tasks: number[]; digests?: string[]; body: Uint8Array }

async function push(site: RunningSite, worker: HandWorker, lease: Lease, what: Push): Promise<ResultReply> {
  const { tasks, digests, body } = what
  const response = await fetch(`${site.url}/api/leases/${lease.leaseId}/result?tasks=${tasks}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${worker.joined!.secret}`,
      ...(digests === undefined ? {} : { 'task-digests': digests.join(',') }),
    },
    body: body.slice(),
  })
  return (await response.json()) as ResultReply
}

/** The tasks' contributions in one partial sum, and their hashes. */
function resultOf(lease: Lease, tasks: Task[]): { tasks: number[]; digests: string[]; body: Uint8Array } {
  const bytes = tasks.map((task) => contributionOf({ ...lease, tasks: [task] }))
  return {
    tasks: tasks.map(({ task }) => task),
    digests: bytes.map((one) => hashOf(one)),
    body: sumOf(lease, bytes),
  }
}

/** Of a whole step. What is to be evaluated before is done. */
async function leaseOfAll(worker: HandWorker): Promise<Lease> {
  for (;;) {
    const reply = await worker.socket.emitWithAck('request-work', {
      holding: [],
      shards: [],
      imagesPerSecond: 10_000,
    })
    if (reply.kind !== 'leased') throw new Error(reply.kind)
    const { lease } = reply
    if (lease.tasks[0].kind === 'gradient') {
      expect(lease.tasks).toHaveLength(config.tasksPerStep)
      return lease
    }
    await worker.push(lease)
  }
}

it('RD2, RS2: the sum of several tasks in one upload leads to the checkpoint that they lead to one by one', async () => {
  const site = await startSite()
  await bringFlora(site)
  const short = { ...config, epochs: undefined, steps: 1, evaluateEveryEpochs: 1000 }
  const checkpointOf = async (name: string, work: (worker: HandWorker) => Promise<void>) => {
    const worker = await HandWorker.join(site.url)
    const id = await openRun(site, { ...short, name })
    const through = new Promise<void>((resolve) => {
      worker.socket.on('step-advanced', ({ run }) => run === id && resolve())
    })
    await work(worker)
    await through
    worker.socket.disconnect()
    const { status } = await site.json<{ status: { checkpoint: string } }>('GET', `/api/runs/${id}`)
    return status.checkpoint
  }
  const one = await checkpointOf('one-by-one', async (worker) => {
    for (let task = 0; task < config.tasksPerStep; task++) {
      expect(await worker.push(await worker.lease())).toEqual({ kind: 'accepted', images: 4 })
    }
  })
  const other = await checkpointOf('summed', async (worker) => {
    const lease = await leaseOfAll(worker)
    // In another order than the lease has them.
    const [first, ...rest] = lease.tasks
    const sum = resultOf(lease, [...rest, first])
    expect(await push(site, worker, lease, sum)).toEqual({ kind: 'accepted', images: 12 })
    expect(['late', 'stale']).toContain((await push(site, worker, lease, sum)).kind)
  })
  expect(other).toBe(one)
})

it('RS2: a sum without its digests, with too few, or of other tasks than it says, is refused', async () => {
  const site = await startSite()
  await bringFlora(site)
  await openRun(site)
  const refusal = async (change: (sum: Push) => Push) => {
    const worker = await HandWorker.join(site.url)
    const lease = await leaseOfAll(worker)
    const reply = await push(site, worker, lease, change(resultOf(lease, lease.tasks.slice(0, 2))))
    worker.socket.disconnect()
    return reply
  }
  expect(await refusal(({ tasks, body }) => ({ tasks, body }))).toMatchObject({ code: 'invalid' })
  expect(await refusal((sum) => ({ ...sum, digests: sum.digests!.slice(1) }))).toMatchObject({
    code: 'invalid',
  })
  expect(
    await refusal(({ tasks, digests, body }) => ({
      tasks: tasks.slice(1),
      digests: digests!.slice(1),
      body,
    })),
  ).toMatchObject({ code: 'malformed-partial-sum' })
})
