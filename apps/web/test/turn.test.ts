/** Two builds of one checkout never run at once. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inTurn } from '../build/turn.mjs'

const lockOf = (folder: string) =>
  join(tmpdir(), `worldflora-build-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`)

describe('building in turn', () => {
  it('the second begins when the first is through, also if that failed', async () => {
    const folder = `turn-a-${process.pid}`
    const told: string[] = []
    const first = inTurn(folder, async () => {
      told.push('first begins')
      await Promise.resolve()
      told.push('first ends')
      throw new Error('it failed')
    })
    const second = inTurn(folder, async () => void told.push('second'))
    await expect(first).rejects.toThrow('it failed')
    await second
    expect(told).toEqual(['first begins', 'first ends', 'second'])
    expect(existsSync(lockOf(folder))).toBe(false)
  })

  it('a build that was killed holds nobody up', async () => {
    const folder = `turn-b-${process.pid}`
    const { pid } = spawnSync(process.execPath, ['--eval', ''])
    writeFileSync(lockOf(folder), String(pid))
    expect(await inTurn(folder, async () => 'built')).toBe('built')
  })
})
