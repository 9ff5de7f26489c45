/** The parts put together: what opens on what, and in which order it ends. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Logger } from 'pino'
import { type Adapters, systemAdapters } from './adapters.ts'
import { ApiKeys } from './api-keys/api-keys.ts'
import type { Alarm, Clock } from './clock.ts'
import { Conductor } from './conductor.ts'
import { openDataFolder } from './data-folder/index.ts'
import { type Lock, RENEWED_EVERY_MS } from './data-folder/lock.ts'
import { siteApp } from './edge/app.ts'
import { openListener } from './edge/listener.ts'
import { OperatorAccess } from './edge/operator-access.ts'
import { openPages } from './edge/pages.ts'
import type { Site } from './edge/site.ts'
import { openStatusBroadcast } from './edge/status-broadcast.ts'
import { openSockets } from './edge/worker-sockets.ts'
import { watchHealth } from './health.ts'
import { Calibrations } from './identify/calibration/calibrations.ts'
import { Identifier } from './identify/identifier.ts'
import { ReferencePhotos } from './identify/reference-photos.ts'
import { openJournal } from './journal.ts'
import type { Options } from './options.ts'
import { Queue } from './queue.ts'
import { ActiveRuns } from './runs/active-runs.ts'
import { Floras } from './runs/floras.ts'
import { RunWork } from './runs/run-work.ts'
import { Runs } from './runs/runs.ts'
import { leaveToSweep } from './runs/step-keeping.ts'
import type { Surroundings } from './runs/surroundings.ts'
import { sweepBlobs } from './runs/sweep.ts'
import { guardBlobs, guardStore } from './store/guard.ts'
import { storageFaultOf } from './store/storage-fault.ts'
import { StorageHealth } from './store/storage-health.ts'
import { Unwritten } from './store/unwritten.ts'
import { Submissions } from './submissions/submissions.ts'
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
  adapters: Adapters = systemAdapters(),
): Promise<RunningCoordinator | Rejection> {
  const folder = await openDataFolder(options.data, adapters.clock.date())
  if (isRejection(folder)) return folder
  const listener = await openListener(options)
  if (isRejection(listener)) {
    await folder.lock.release()
    return listener
  }
  const { clock } = adapters
  const storage = new StorageHealth(log)
  const opened = await Promise.all([
    adapters.openStore(folder.database).then((opened) => guardStore(opened, clock, storage)),
    adapters.openBlobs(folder.blobs).then((opened) => guardBlobs(opened, 'blobs', storage)),
    adapters
      .openOptimizerStates(folder.optimizerStates)
      .then((opened) => guardBlobs(opened, 'optimizer-states', storage)),
    adapters
      .openSubmissionPhotos(folder.submissions)
      .then((opened) => guardBlobs(opened, 'submissions', storage)),
    openPages(options.web),
  ]).catch((error: unknown) => unopened(error, options.data, log))
  if (isRejection(opened)) {
    await listener.close()
    await folder.lock.release()
    return opened
  }
  const [store, blobs, optimizerStates, submissionPhotos, pages] = opened
  const unwritten = new Unwritten(clock)
  const journal = openJournal(store, unwritten, clock, log)
  const floras = new Floras(store, blobs)
  const reducer = adapters.startReducer(onFault)
  const identifier = new Identifier({ store, blobs, clock, readers: adapters.photoReaders() })
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
    takeResult: (keys, result) => runWork.takeResult(keys, result),
    closeStep: ({ runId, step, samples }) => runWork.closeStep(runId, step, samples),
    closeEvaluation: ({ runId, step, split }) => runWork.closeEvaluation(runId, { step, split }),
    closeFeatures: ({ runId, step, split }) => runWork.closeFeatures(runId, { step, split }),
    pauseRun: ({ runId, reason }) => runWork.pauseRun(runId, reason),
    announceStep: ({ runId, step, checkpoint }) => audience.announceStep({ run: runId, step, checkpoint }),
    announceWork: ({ workerIds }) => audience.announceWork(workerIds),
    revokeLease: ({ workerId, leaseId, tasks }) =>
      audience.revokeLease(workerId, tasks === undefined ? { leaseId } : { leaseId, tasks }),
    noteImages: (workerId, images) => roster.noteImages(workerId, images),
  })
  const surroundings: Surroundings = {
    store,
    blobs,
    optimizerStates,
    reducer,
    floras,
    clock,
    journal,
    unwritten,
    keeping: new Queue(),
    say: (event, result) => conductor.say(event, result),
    noteChange: () => broadcast.noteChange(),
    noteModel: (model) => {
      identifier.take(model)
      void calibrations.attend()
    },
    fail: onFault,
  }
  const active = new ActiveRuns(surroundings)
  const runWork = new RunWork(surroundings, active)
  const runs: Runs = new Runs(surroundings, active, (runId) => conductor.progressOf(runId))
  const calibrations = new Calibrations(surroundings, adapters.startCalibrator(), (model) =>
    identifier.takeCalibrated(model),
  )
  const submissions = new Submissions({ store, photos: submissionPhotos, clock, log })
  const operator = new OperatorAccess(folder.token, store, clock)
  const site: Site = {
    version: VERSION,
    build: pages.build,
    store,
    blobs,
    floras,
    runs,
    runWork,
    conductor,
    roster,
    reducer,
    identifier,
    references: new ReferencePhotos(blobs, floras),
    apiKeys: new ApiKeys(store, unwritten, clock),
    submissions,
    imageHosts: options.imageHosts,
    proxies: options.trustedProxies,
    journal,
    storage,
    operator,
    clock,
    health,
    log,
  }

  // A large folder takes its time to be taken up, and to be left: it is held all the while.
  const renewal = keepLock(folder.lock, clock, onFault)
  await runs.takeUp()
  await runs.checkModel().catch(leaveToSweep)
  await sweepBlobs({ store, blobs, optimizerStates, floras }, runs.florasInUse(), log).catch(leaveToSweep)
  await submissions.sweep()
  listener.serve(siteApp(site, pages.routes))
  const [server, ...others] = listener.servers
  audience.io.attach(server!)
  for (const other of others) audience.io.engine.attach(other, { path: audience.io.path() })
  void calibrations.attend()
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
      await calibrations.close()
      await identifier.close()
      await submissions.close()
      await runs.settled()
      await unwritten.close()
      await reducer.close()
      await store.close()
      renewal.set(null)
      await folder.lock.release()
    },
  }
}

/** DU3: what a folder that cannot be opened needs, in words; Postgres's own are for the log. */
function unopened(error: unknown, folder: string, log: Logger): Rejection {
  log.error({ err: error }, 'the data folder cannot be opened')
  const { rejection } = storageFaultOf(error)
  if (rejection.code !== 'store-unavailable') return rejection
  return reject(
    'unreadable-data-folder',
    `The data folder ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
    'Restore its folder database/ (and with it blobs/ and optimizer-states/) from a backup, or choose another folder with --data.',
  )
}

/** DU6. A renewal that fails (the disk is away) is tried again; a lock that is another's ends this process. */
function keepLock(lock: Lock, clock: Clock, onLost: (error: Error) => void): Alarm {
  const alarm = clock.alarm(() => {
    alarm.set(clock.nowMs() + RENEWED_EVERY_MS)
    lock.renew(clock.date()).then(
      (isOurs) => isOurs || onLost(new Error('another coordinator has taken over the data folder')),
      () => {},
    )
  })
  alarm.set(clock.nowMs() + RENEWED_EVERY_MS)
  return alarm
}
