import { fork } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDataFolder } from '../../src/data-folder/index.ts'
import { pidSpace } from '../../src/data-folder/process-identity.ts'
import { temporaryFolder, tryStart } from '../running-site.ts'

const MAIN = fileURLToPath(new URL('../../bin/coordinator.mjs', import.meta.url))

type Message = { kind: 'ready'; url: string; token: string } | { kind: 'failed'; rejection: { code: string } }

/** The coordinator as a process, with what it says first and how it ends. */
function startProcess(data: string, args: string[] = ['--port', '0']) {
  const child = fork(MAIN, ['--data', data, '--host', '127.0.0.1', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  const first = new Promise<Message>((said) => child.once('message', (message) => said(message as Message)))
  return { child, ended, first }
}

describe('the data folder', () => {
  it('a second coordinator is refused and says who holds it; after kill -9 the folder is taken over at once', async () => {
    const data = temporaryFolder()
    const one = startProcess(data)
    const ready = await one.first
    if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready))
    const lock = JSON.parse(readFileSync(join(data, 'coordinator.lock'), 'utf8'))
    expect(lock).toMatchObject({ pid: one.child.pid, url: ready.url, token: ready.token })
    expect(statSync(join(data, 'coordinator.lock')).mode & 0o777).toBe(0o600)

    const second = startProcess(data)
    expect(await second.first).toMatchObject({ kind: 'failed', rejection: { code: 'data-folder-in-use' } })
    expect(await second.ended).toBe(1)
    expect((await fetch(`${ready.url}/healthz`)).ok).toBe(true)

    one.child.kill('SIGKILL')
    await one.ended
    const third = startProcess(data)
    expect(await third.first).toMatchObject({ kind: 'ready' })
    third.child.kill('SIGTERM')
    expect(await third.ended).toBe(0)
    expect(() => statSync(join(data, 'coordinator.lock'))).toThrow()
  })

  it('DU6: a lock from another container, where its pid means nothing here, is held while it is renewed', async () => {
    const data = temporaryFolder()
    const path = join(data, 'coordinator.lock')
    const elsewhere = { pid: 1, startedAt: 'a boot:1', pidSpace: 'a boot:pid:[2]', token: 'theirs' }
    writeFileSync(path, JSON.stringify({ ...elsewhere, url: null, localUrl: null }))
    const renewedAt = new Date(1_000_000_000)
    utimesSync(path, renewedAt, renewedAt)
    const after = (seconds: number) => new Date(renewedAt.getTime() + 1000 * seconds)
    const refused = await openDataFolder(data, after(29))
    expect(refused).toMatchObject({ kind: 'rejection', code: 'data-folder-in-use' })
    expect(JSON.parse(readFileSync(path, 'utf8')).token).toBe('theirs')
    const taken = await openDataFolder(data, after(31))
    if (isRejection(taken)) throw new Error(taken.message)
    expect(await taken.lock.renew(after(40))).toBe(true)
    expect(statSync(path).mtimeMs).toBe(after(40).getTime())
    // It slept, and was taken over meanwhile.
    writeFileSync(path, JSON.stringify({ ...elsewhere, url: null, localUrl: null }))
    expect(await taken.lock.renew(after(90))).toBe(false)
    // What cannot be read is not lost for that: a folder in its place stands for a disk that is away.
    rmSync(path)
    mkdirSync(path)
    await expect(taken.lock.renew(after(95))).rejects.toThrow('EISDIR')
  })

  it('a lock whose pid is now another process’s is stale', async () => {
    const data = temporaryFolder()
    const rest = { pidSpace: await pidSpace(), url: null, localUrl: null, token: 'old' }
    const lock = { pid: process.pid, startedAt: 'another boot:1', ...rest }
    writeFileSync(join(data, 'coordinator.lock'), JSON.stringify(lock))
    const folder = await openDataFolder(data)
    if (isRejection(folder)) throw new Error(folder.message)
    await folder.lock.release()
  })

  it('of many starters at once, over a dead one’s lock, one gets the folder', async () => {
    const data = temporaryFolder()
    writeFileSync(join(data, 'coordinator.lock'), 'torn')
    const opened = await Promise.all(Array.from({ length: 8 }, () => openDataFolder(data)))
    expect(opened.filter((folder) => !isRejection(folder))).toHaveLength(1)
  })

  it('a folder of a newer version is refused and left as it is', async () => {
    const data = temporaryFolder()
    writeFileSync(join(data, 'worldflora.json'), JSON.stringify({ formatVersion: 2 }))
    const refused = await openDataFolder(data)
    expect(refused).toMatchObject({ kind: 'rejection', code: 'newer-data-folder' })
    expect(() => statSync(join(data, 'coordinator.lock'))).toThrow()
  })

  it('a taken port is said with what to do, exit code 1, and the folder is free again', async () => {
    const data = temporaryFolder()
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((listening) => server.once('listening', listening))
    const { port } = server.address() as { port: number }
    const { first, ended } = startProcess(data, ['--port', String(port)])
    expect(await first).toMatchObject({ kind: 'failed', rejection: { code: 'port-taken' } })
    expect(await ended).toBe(1)
    expect(() => statSync(join(data, 'coordinator.lock'))).toThrow()
  })

  it('https without a readable certificate is refused', async () => {
    const refused = await tryStart({ tls: { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' } })
    expect(refused).toMatchObject({ kind: 'rejection', code: 'bad-certificate' })
  })
})
