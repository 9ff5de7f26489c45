import { reject } from '@worldflora/protocol/rejection'
import { expect, test } from 'vitest'
import { type Activity, ActivityBoard } from '../src/session/activity.ts'
import { Crew } from '../src/session/crew.ts'
import type { Session, SessionOutcome } from '../src/session/session-options.ts'

type Fake = { index: number; backend: string; session: Session; end(outcome: SessionOutcome): void }

function crewOf(count: number) {
  const started: Fake[] = []
  const shown: Activity[] = []
  const crew = new Crew(
    {
      backend: 'auto',
      onActivity: (activity) => shown.push(activity),
      start({ index, backend, onActivity }) {
        const board = new ActivityBoard(onActivity)
        board.show({ state: 'idle', imagesDone: 10 })
        let end: (outcome: SessionOutcome) => void = () => {}
        const done = new Promise<SessionOutcome>((resolve) => {
          end = (outcome) => {
            board.show({ state: 'ended' })
            resolve(outcome)
          }
        })
        const session = { done, stop: async () => end({ kind: 'stopped' }) }
        started.push({ index, backend, session, end })
        return session
      },
    },
    count,
  )
  return { crew, started, last: () => shown.at(-1)! }
}

test('one of a crew may take the GPU; the others compute on the processor', () => {
  const { started } = crewOf(3)
  expect(started.map(({ backend }) => backend)).toEqual(['auto', 'wasm', 'wasm'])
})

test('a volunteer may lend more cores, or fewer, at any time: what was done stays counted', async () => {
  const { crew, started, last } = crewOf(1)
  crew.resize(3)
  expect(last()).toMatchObject({ cores: 3, imagesDone: 30 })
  crew.resize(1)
  expect(last()).toMatchObject({ cores: 1, imagesDone: 30 })
  crew.resize(2)
  expect(started.map(({ index }) => index)).toEqual([0, 1, 2, 1])
  expect(last()).toMatchObject({ cores: 2, imagesDone: 40 })
  await crew.stop()
  expect(await crew.done).toEqual({ kind: 'stopped' })
  crew.resize(4)
  expect(started).toHaveLength(4)
})

test('a crew goes on while one of it can, and then tells why the first was refused', async () => {
  const { crew, started } = crewOf(2)
  const refusal = reject('worker-unfit', '5 tasks in a row failed.', 'Try another browser.')
  started[1]!.end(refusal)
  const early = await Promise.race([crew.done, Promise.resolve('goes on')])
  expect(early).toBe('goes on')
  started[0]!.end(reject('build-mismatch', 'There is a newer build.', 'Reload.'))
  expect(await crew.done).toEqual(refusal)
})
