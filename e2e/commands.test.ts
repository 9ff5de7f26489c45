/** Commands as a newcomer types them: what goes well, and what goes wrong with a message that says what to do. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { shareAmongTests } from './lifetime.ts'
import { bringHerbarium } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder, worldflora } from './processes.ts'

describe('start', () => {
  it('draws the demo, trains it with one local worker, stops on Ctrl-C, and goes on where it was', async () => {
    const data = temporaryFolder()
    const stepOf = async (url: string) =>
      (await (await fetch(`${url}/api/status`)).json()).runs[0].step as number
    const first = worldflora(['start', '--port', '0', '--data', data])
    const url = (await first.says(/Worldflora is at {2}(\S+)/))[1]!
    const before = await new Promise<number>((resolve) => {
      const socket = io(url)
      socket.on('status-changed', (runs: { step: number }[]) => {
        if (runs[0] === undefined || runs[0].step < 2) return
        socket.disconnect()
        resolve(runs[0].step)
      })
    })
    first.kill('SIGINT')
    expect((await first.ended).code).toBe(0)

    const second = worldflora(['start', '--port', '0', '--data', data, '--workers', '0'])
    const again = (await second.says(/Worldflora is at {2}(\S+)/))[1]!
    expect(await stepOf(again)).toBeGreaterThanOrEqual(before)
    expect(await (await fetch(`${again}/healthz`)).json()).toMatchObject({ ok: true })
    second.kill('SIGINT')
    expect((await second.ended).code).toBe(0)
  })

  it('a taken port is said, and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    const { port } = server.address() as { port: number }
    const { code, stderr } = await worldflora(['start', '--port', String(port), '--data', temporaryFolder()])
      .ended
    server.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`port ${port}`, 'i'))
    expect(stderr).toContain('--port')
  })

  it('a second start on one data folder is refused, and the first goes on', async () => {
    const data = temporaryFolder()
    const site = await startCoordinator(data)
    const { code, stderr } = await worldflora(['start', '--port', '0', '--data', data]).ended
    expect(code).toBe(1)
    expect(stderr).toContain(data)
    expect((await fetch(`${site.url}/healthz`)).ok).toBe(true)
  })

  it('a data folder of a newer version is left alone', async () => {
    const data = temporaryFolder()
    const site = await startCoordinator(data)
    site.kill('SIGTERM')
    await site.ended
    const file = join(data, 'worldflora.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), formatVersion: 999 }))
    const { code, stderr } = await worldflora(['start', '--port', '0', '--data', data]).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/999|newer/)
    expect(JSON.parse(readFileSync(file, 'utf8')).formatVersion).toBe(999)
  })
})

describe('import', () => {
  let data: string
  let site: Site
  beforeAll(() =>
    shareAmongTests(async () => {
      data = temporaryFolder()
      site = await startCoordinator(data)
    }),
  )

  it('an empty folder is said, and exits with 1', async () => {
    const folder = temporaryFolder()
    const ended = await worldflora([
      'import',
      folder,
      '--format',
      'image-folder',
      '--into',
      'mine',
      '--data',
      data,
    ]).ended
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(/no .*photo/i)
  })

  it('works while a coordinator runs on the same data folder', async () => {
    const photos = temporaryFolder()
    const sharp = (await import('sharp')).default
    for (const [s, species] of ['poa-annua', 'bellis-perennis'].entries()) {
      mkdirSync(join(photos, species))
      for (let i = 0; i < 10; i++) {
        const color = { r: 20 * i, g: 120 * s, b: 60 }
        await sharp({ create: { width: 80, height: 70, channels: 3, background: color } })
          .jpeg()
          .toFile(join(photos, species, `${i}.jpg`))
      }
    }
    writeFileSync(join(photos, 'poa-annua', 'broken.jpg'), 'not a picture')
    const args = ['import', photos, '--format', 'image-folder', '--into', 'mine', '--data', data, '--json']
    const [first, second] = [await worldflora(args).ended, await worldflora(args).ended]
    expect(first.code, first.stderr).toBe(0)
    const flora = JSON.parse(first.stdout)
    expect(flora).toMatchObject({ name: 'mine', species: 2, photos: { train: 16, val: 2, test: 2 } })
    expect(flora.skipped).toEqual([
      { path: expect.stringContaining('broken.jpg'), reason: expect.any(String) },
    ])
    expect(JSON.parse(second.stdout).hash).toBe(flora.hash)
    expect((await fetch(`${site.url}/healthz`)).ok).toBe(true)
  })
})

const config = {
  name: 'tiny',
  flora: 'small',
  architecture: { name: 'small-cnn', width: 0.25, imageSize: 16 },
  samplesPerTask: 16,
  tasksPerStep: 2,
  steps: 3,
  optimizer: { name: 'sgd', learningRate: 0.05 },
}

const write = (folder: string, value: unknown) => {
  const file = join(folder, 'RUN.json')
  writeFileSync(file, JSON.stringify(value))
  return file
}

/** A data folder with a flora; no site runs on it. */
let floraFolder: string
beforeAll(() =>
  shareAmongTests(async () => {
    floraFolder = temporaryFolder()
    const site = await startCoordinator(floraFolder)
    await bringHerbarium(site, 'small', { species: 4 })
    site.kill('SIGTERM')
    await site.ended
  }),
)

describe('train', () => {
  const measure = expect.any(Number)
  const measures = { top1: measure, top5: measure, observationTop1: measure, observationTop5: measure }

  it('PH1: trains without pages, says what each phase came to, prints one JSON object, and again gives the same checkpoint', async () => {
    const data = floraFolder
    const { steps: _, ...common } = config
    const phases = [
      { train: 'head', steps: 1 },
      { train: 'all', steps: 2 },
    ]
    const args = ['train', write(data, { ...common, phases }), '--workers', '2', '--json', '--data', data]
    const [first, second] = [await worldflora(args).ended, await worldflora(args).ended]
    expect(first.code, first.stderr).toBe(0)
    const outcome = JSON.parse(first.stdout)
    expect(outcome).toEqual({
      run: 'tiny',
      steps: 3,
      seconds: expect.any(Number),
      imagesPerSecond: expect.any(Number),
      checkpoint: expect.stringMatching(/^[0-9a-f]{64}$/),
      evaluation: {
        crops: 1,
        top1: expect.any(Number),
        top5: expect.any(Number),
        macroTop1: expect.any(Number),
        observations: { top1: expect.any(Number), top5: expect.any(Number) },
      },
      phases: [
        { phase: 1, train: 'head', step: 1, ...measures },
        { phase: 2, train: 'all', step: 3, ...measures },
      ],
    })
    expect(outcome.phases[1].top1).toBe(outcome.evaluation.top1)
    for (const line of [
      'phase 1 of 2 (head) is through at step 1',
      'phase 2 of 2 (all) is through at step 3',
    ])
      for (const split of ['val', 'test']) expect(first.stderr).toContain(`${line}, ${split} split: top-1`)
    expect(JSON.parse(second.stdout).checkpoint).toBe(outcome.checkpoint)
  })

  it('a RUN.json with a wrong field names it', async () => {
    const data = temporaryFolder()
    const { code, stderr } = await worldflora([
      'train',
      write(data, { ...config, learnigRate: 1 }),
      '--data',
      data,
    ]).ended
    expect(code).toBe(1)
    expect(stderr).toContain('learnigRate')
  })

  it('a flora that is not there is said with those that are', async () => {
    const data = floraFolder
    const { code, stderr } = await worldflora([
      'train',
      write(data, { ...config, flora: 'nowhere' }),
      '--data',
      data,
    ]).ended
    expect(code).toBe(1)
    expect(stderr).toContain('nowhere')
  })
})

describe('a run’s life', () => {
  it('LC1, LC2, LC3: lists, forks and rolls back, with a site that runs and without, and says what cannot be', async () => {
    const data = floraFolder
    const file = write(data, { ...config, name: 'life' })
    const command = (...args: string[]) => worldflora([...args, '--data', data]).ended
    const trained = await command('train', file, '--json')
    expect(trained.code, trained.stderr).toBe(0)
    expect(JSON.parse(trained.stdout).phases).toMatchObject([{ phase: 1, train: 'all', step: 3 }])
    expect((await command('runs')).stdout).toMatch(/life +finished +3 of 3/)

    const again = await startCoordinator(data)
    const listed = JSON.parse((await command('checkpoints', 'life', '--json')).stdout)
    expect(listed.checkpoints.map(({ step }: { step: number }) => step)).toEqual([0, 2, 3])

    const refused = await command('rollback', 'life', '--step', '2')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/finished.*\n.*Fork/)])
    const unknown = await command('fork', 'life', '--step', '1', '--as', 'other')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('0, 2, 3')])
    const forked = await command('fork', 'life', '--step', '2', '--as', 'other')
    expect(forked.stdout).toContain('goes on at step 2')
    expect((await command('pause', 'other')).stdout).toContain('other is paused, at step 2 of 3')
    again.kill('SIGTERM')
    await again.ended
    const back = await command('rollback', 'other', '--step', '2')
    expect(back.stdout).toMatch(/other is at step 2 again, paused\. Dropped: 0 steps/)

    const ended = await command('train', write(data, { ...config, name: 'other' }), '--json')
    expect(JSON.parse(ended.stdout).checkpoint).toBe(JSON.parse(trained.stdout).checkpoint)
  })
})

describe('help', () => {
  it.each([
    [['--help'], /start.*work.*import.*train/s],
    [['start', '--help'], /--port.*WORLDFLORA_PORT.*--tls-cert/s],
  ])('worldflora %j says what there is', async (args, text) => {
    const { code, stdout } = await worldflora(args).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(text)
  })
})
