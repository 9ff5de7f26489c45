/** `worldflora operator-link`: a new way in for the operator of a site that is running. */
import { reject } from '@worldflora/protocol/rejection'
import { findCoordinator } from '../coordinator-process.ts'
import { accept, Refused } from '../report.ts'

export async function operatorLink(options: { data: string }): Promise<void> {
  const coordinator = await findCoordinator(options.data)
  if (coordinator === null) {
    throw new Refused(
      reject(
        'not-running',
        `Nothing runs on the data folder ${options.data}.`,
        'Start the site first: npm start.',
      ),
    )
  }
  const { path } = accept(await coordinator.client.operatorLink())
  console.log(coordinator.url + path)
}
