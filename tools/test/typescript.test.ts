import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const LOADER = new URL('../typescript.mjs', import.meta.url).href

function temporaryFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'worldflora-typescript-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, name)
}

const run = (file: string) => spawnSync(process.execPath, ['--import', LOADER, file], { encoding: 'utf8' })

it('runs what a file says now, whatever it was compiled to before', () => {
  const file = temporaryFile('said.ts')
  for (const said of ['one', 'two', 'one']) {
    writeFileSync(
      file,
      `interface Word { text: string }\nconst word: Word = { text: '${said}' }\nconsole.log(word.text)`,
    )
    expect(run(file)).toMatchObject({ status: 0, stdout: `${said}\n` })
  }
})

it('says of an error where it is in the source', () => {
  const file = temporaryFile('broken.ts')
  writeFileSync(
    file,
    'interface Word {\n  text: string\n}\n\nthrow new Error("broken" satisfies Word["text"])\n',
  )
  const { status, stderr } = run(file)
  expect([status, stderr]).toEqual([1, expect.stringContaining(`${file}:5:`)])
})
