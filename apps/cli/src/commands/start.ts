/** `worldflora start`: everything a newcomer needs, in one command; Ctrl-C ends it, and starting again goes on. */

import { reject } from '@worldflora/protocol/rejection'
import { spawnCoordinator } from '../coordinator-process.ts'
import { ensureDemo } from '../demo.ts'
import { startLocalWorkers } from '../local-workers.ts'
import { openProgress } from '../progress.ts'
import { accept, Refused } from '../report.ts'
import { ensureWebBuild } from '../web-build.ts'

type Options = {
  data: string
  port: number
  host: string
  tlsCert?: string
  tlsKey?: string
  imageHosts?: string
  trustedProxy?: string
  workers: number
  demo: boolean
}

export async function start(options: Options): Promise<void> {
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    throw new Refused(
      reject('half-tls', 'https needs both --tls-cert and --tls-key.', 'Give both, or neither.'),
    )
  }
  const interrupted = new Promise<void>((stop) => {
    process.once('SIGINT', () => stop()).once('SIGTERM', () => stop())
  })
  const web = await ensureWebBuild()
  const coordinator = await spawnCoordinator({ ...options, web })
  try {
    const progress = openProgress()
    if (options.demo) await Promise.race([ensureDemo(coordinator.client, progress), interrupted])
    const { path } = accept(await coordinator.client.operatorLink())
    const workers = startLocalWorkers(coordinator.localUrl, options.workers)
    console.log(`\n  Worldflora is at  ${coordinator.url}`)
    console.log(`  operator (once)   ${coordinator.url}${path}`)
    console.log('  Ctrl-C stops; starting again goes on where it was.\n')
    try {
      await Promise.race([interrupted, workers.failed, coordinatorLost(coordinator.ended)])
      console.error('Stopping ...')
    } finally {
      await workers.stop()
    }
  } finally {
    await coordinator.release()
  }
}

async function coordinatorLost(ended: Promise<number | null>): Promise<never> {
  const code = await ended
  throw new Refused(
    reject(
      'coordinator-ended',
      `The coordinator ended (exit code ${code}).`,
      'Start again: it goes on where it was.',
    ),
  )
}
