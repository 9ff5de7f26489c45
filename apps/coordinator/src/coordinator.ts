/** The parts put together: what opens on what, and in which order it ends. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { Logger } from 'pino'
import { systemClock } from './clock.ts'
import { Conductor } from './conductor.ts'
import { openDataFolder } from './data-folder/index.ts'
import { siteApp } from './edge/app.ts'
import { openListener } from './edge/listener.ts'
import { OperatorAccess } from './edge/operator-access.ts'
import { openPages } from './edge/pages.ts'
import type { Site } from './edge/site.ts'
import { openStatusBroadcast } from './edge/status-broadcast.ts'
import { openSockets } from './edge/worker-sockets.ts'
import { watchHealth } from './health.ts'
import { openJournal } from './journal.ts'
import type { Options } from './options.ts'
import { Queue } from './queue.ts'
import { startReducerPool } from './reduction/reducer.pool.ts'
import { Floras } from './runs/floras.ts'
import { Runs } from './runs/runs.ts'
import { sweepBlobs } from './runs/sweep.ts'
import { openBlobFiles } from './store/blob-store.files.ts'
import { openPgliteStore } from './store/store.pglite.ts'
import { Roster } from './workers/roster.ts'

const VERSION: string = createRequire(import.meta.url)('../package.json').version

export type RunningCoordinator = {
  url: string
  /** The operator's bearer token. */
  token: string
  localUrl: string
  /** Ends everything in order; what has begun is brought to its end. */
  stop(): Promise<void>
}

/** `onFault` is called on a bug: the caller ends the process, and the next start goes on at the last durable step. */
export async function startCoordinator(
  options: Options,
  log: Logger,
  onFault: (error: unknown) => void,
): Promise<RunningCoordinator | Rejection> {
  const folder = await openDataFolder(options.data)
  if (isRejection(folder)) return folder
  const listener = await openListener(options)
  if (isRejection(listener)) {
    await folder.lock.release()
    return listener
  }
  const clock = systemClock()
  const [store, blobs, optimizerStates, pages] = await Promise.all([
    openPgliteStore(folder.database),
    openBlobFiles(folder.blobs),
    openBlobFiles(folder.optimizerStates),
    openPages(options.web),
  ])
  const journal = openJournal(store, clock, log)
  const floras = new Floras(store, blobs)
  const reducer = startReducerPool(onFault)
  const health = watchHealth(clock)
  const roster = new Roster(folder.workerKey)

  const broadcast = openStatusBroadcast(
    clock,
    () => runs.statuses(),
    (statuses) => audience.announceStatus(statuses),
  )
  const audience = openSockets(
    () => site,
    () => broadcast.noteChange(),
  )
  const conductor = new Conductor(randomBytes(6).toString('hex'), clock, {
    takeResult: (keys, result) => runs.takeResult(keys, result),
    closeStep: ({ runId, step, samples }) => runs.closeStep(runId, step, samples),
    closeEvaluation: ({ runId, step, split }) => runs.closeEvaluation(runId, { step, split }),
    pauseRun: ({ runId, reason }) => runs.pauseRun(runId, reason),
    announceStep: ({ runId, step, checkpoint }) => audience.announceStep({ run: runId, step, checkpoint }),
    announceWork: ({ workerIds }) => audience.announceWork(workerIds),
    revokeLease: ({ workerId, leaseId, tasks }) =>
      audience.revokeLease(workerId, tasks === undefined ? { leaseId } : { leaseId, tasks }),
    noteImages: (workerId, images) => roster.noteImages(workerId, images),
  })
  const runs: Runs = new Runs(
    {
      store,
      blobs,
      optimizerStates,
      reducer,
      floras,
      clock,
      journal,
      keeping: new Queue(),
      say: (event, result) => conductor.say(event, result),
      noteChange: () => broadcast.noteChange(),
      fail: onFault,
    },
    (runId) => conductor.progressOf(runId),
  )
  const operator = new OperatorAccess(folder.token, store, clock)
  const site: Site = {
    version: VERSION,
    build: pages.build,
    store,
    blobs,
    floras,
    runs,
    conductor,
    roster,
    reducer,
    journal,
    operator,
    clock,
    health,
    log,
  }

  await runs.takeUp()
  await sweepBlobs({ store, blobs, optimizerStates, floras }, runs.florasInUse(), log)
  listener.serve(siteApp(site, pages.routes))
  const [server, ...others] = listener.servers
  audience.io.attach(server!)
  for (const other of others) audience.io.engine.attach(other, { path: audience.io.path() })
  await folder.lock.announce({ url: listener.url, localUrl: listener.localUrl })

  return {
    url: listener.url,
    localUrl: listener.localUrl,
    token: folder.token,
    async stop() {
      conductor.stop()
      health.stop()
      broadcast.stop()
      audience.io.disconnectSockets(true)
      audience.io.engine.close()
      await listener.close()
      await runs.settled()
      await journal.drained()
      await reducer.close()
      await store.close()
      await folder.lock.release()
    },
  }
}
