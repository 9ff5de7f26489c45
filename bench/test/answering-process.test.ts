import { expect, test } from 'vitest'
import { AnsweringProcess } from '../peers/answering-process.ts'

const peer = (code: string) => new AnsweringProcess('the peer', process.execPath, ['-e', code])

test('a peer answers line by line, and ends when it is closed', async () => {
  const echo = peer(`
    console.log('open')
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => console.log(line + '!'))
  `)
  expect(await echo.hear()).toBe('open')
  expect(await echo.ask('3')).toBe('3!')
  echo.close()
  await expect(echo.hear()).rejects.toThrow('the peer has ended (exit code 0)')
})

test('one that ends at its start, or while it is asked, is an error that says so', async () => {
  await expect(peer('process.exit(3)').hear()).rejects.toThrow('the peer has ended (exit code 3)')
  const mortal = peer(`
    console.log('open')
    process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'))
  `)
  expect(await mortal.hear()).toBe('open')
  await expect(mortal.ask('3')).rejects.toThrow('the peer has ended (SIGKILL)')
})

test('one that cannot be started is an error that says so', async () => {
  const missing = new AnsweringProcess('the peer', '/no/such/command', [])
  await expect(missing.hear()).rejects.toThrow('the peer did not start')
})
