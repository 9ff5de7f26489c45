import { expect, test } from 'vitest'
import type { GpuTrial } from '../src/session/compute-port.ts'
import { trialMemory } from '../src/session/trial-memory.ts'

const trial: GpuTrial = { adapter: 'a card', verdict: 'slower' }

function keptText(initial: string | null = null) {
  let text = initial
  return {
    read: () => text,
    write: (next: string) => {
      text = next
    },
  }
}

test('a trial is remembered for the version it was made with, and made again for another', () => {
  const text = keptText()
  expect(trialMemory(text, 'build 1').load()).toBeNull()
  trialMemory(text, 'build 1').keep(trial)
  expect(trialMemory(text, 'build 1').load()).toEqual(trial)
  expect(trialMemory(text, 'build 2').load()).toBeNull()
})

test('what is damaged, or may not be read or written, is not remembered, and no fault', () => {
  for (const text of ['', '{', '7', '{"version":"build 1","adapter":"a card","verdict":"fine"}']) {
    expect(trialMemory(keptText(text), 'build 1').load()).toBeNull()
  }
  const forbidden = () => {
    throw new Error('forbidden')
  }
  const memory = trialMemory({ read: forbidden, write: forbidden }, 'build 1')
  memory.keep(trial)
  expect(memory.load()).toBeNull()
})
