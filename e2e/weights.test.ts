/** Weights out of one run and into another, as a newcomer types it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bringHerbarium } from './operator.ts'
import { startCoordinator, temporaryFolder, worldflora } from './processes.ts'

const config = {
  name: 'tiny',
  flora: 'small',
  architecture: { name: 'small-cnn', width: 0.25, imageSize: 16 },
  samplesPerTask: 16,
  tasksPerStep: 2,
  steps: 2,
  optimizer: { name: 'sgd', learningRate: 0.05 },
}

describe('export', () => {
  it('WT1, WT2, WT5: what is exported, as either format, begins a run like the run it is from; with a card', async () => {
    const data = temporaryFolder()
    const site = await startCoordinator(data)
    await bringHerbarium(site, 'small', { species: 4 })
    const work = temporaryFolder()
    const command = (...args: string[]) => worldflora([...args, '--data', data]).ended
    const train = (name: string, fields: object) => {
      const file = join(work, `${name}.json`)
      writeFileSync(file, JSON.stringify({ ...config, ...fields, name }))
      return command('train', file, '--json')
    }
    const checkpointOf = ({
      code,
      stdout,
      stderr,
    }: {
      code: number | null
      stdout: string
      stderr: string
    }) => {
      expect(code, stderr).toBe(0)
      return JSON.parse(stdout).checkpoint as string
    }
    const checkpoint = checkpointOf(await train('tiny', {}))

    const tfjs = await command('export', 'tiny', '--format', 'tfjs', '--into', join(work, 'tfjs'), '--json')
    expect(tfjs.code, tfjs.stderr).toBe(0)
    const card = JSON.parse(tfjs.stdout)
    expect(card).toEqual(JSON.parse(readFileSync(join(work, 'tfjs/card.json'), 'utf8')))
    expect(card).toMatchObject({
      checkpoint,
      run: { name: 'tiny', step: 2, config: { flora: 'small' } },
      flora: { name: 'small', species: 4 },
      evaluations: [{ split: 'test' }, { split: 'val' }],
      licence: { weights: null },
    })
    const folder = join(work, 'safetensors')
    const licence = ['--licence', 'CC BY 4.0']
    const exported = await command('export', 'tiny', '--format', 'safetensors', '--into', folder, ...licence)
    expect(exported.stdout).toMatch(/Step 2 of tiny is in/)
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'card.json', 'model.safetensors'])
    const words = readFileSync(join(folder, 'README.md'), 'utf8')
    for (const said of [/a plant recogniser of 4 species/, /\| test \| \d+ \|/, /CC BY 4\.0/])
      expect(words).toMatch(said)
    const again = await command('export', 'tiny', '--format', 'tfjs', '--into', folder)
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/something in/)])

    const named = await train('from-run', { initialWeights: 'tiny' })
    expect(named.stderr).toMatch(/begins with step 2 of tiny .*; 4 of its species/)
    const begun = checkpointOf(named)
    expect(begun).not.toBe(checkpoint)
    for (const from of ['tfjs', 'safetensors']) {
      const brought = await train(`from-${from}`, { initialWeights: `./${from}` })
      expect(brought.stderr).toMatch(/Weights from .*: \d+ tensors, by the names of Worldflora/)
      expect(checkpointOf(brought), from).toBe(begun)
    }

    const wider = { name: 'small-cnn', width: 0.5, imageSize: 16 }
    const unfit = await train('unfit', { architecture: wider, initialWeights: './tfjs' })
    expect([unfit.code, unfit.stderr]).toEqual([
      1,
      expect.stringMatching(
        /block2\/kernel is \[3, 3, 8, 8\], and for block2\/filter it has to be \[3, 3, 8, 16\]/,
      ),
    ])
    const nowhere = await train('nowhere', { initialWeights: './nowhere' })
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringMatching(/no folder .*nowhere/)])
  })
})
