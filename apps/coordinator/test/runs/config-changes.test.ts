import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { changeConfig, planChanges } from '../../src/runs/config-changes.ts'
import { config } from '../hand-made.ts'

function changed(changes: { [field: string]: unknown }) {
  const outcome = changeConfig(config, changes)
  if (isRejection(outcome)) throw new Error(outcome.message)
  return outcome
}

describe('changes of a configuration', () => {
  it('LC2: merge into it; null takes a field away; steps stand for epochs', () => {
    const { config: after, changed: fields } = changed({ optimizer: { learningRate: 0.01 }, steps: 50 })
    expect(after.optimizer).toEqual({ ...config.optimizer, learningRate: 0.01 })
    expect([after.steps, after.epochs]).toEqual([50, undefined])
    expect(fields.sort()).toEqual(['epochs', 'optimizer', 'steps'])
    expect(changed({}).changed).toEqual([])
    expect(changed({ optimizer: { ...config.optimizer } }).changed).toEqual([])
    expect(changed({ labelSmoothing: null }).changed).toEqual([])
  })

  it('LC2: phases stand for epochs, and without them epochs are given again', () => {
    const phases = [
      { train: 'head', epochs: 2 },
      { train: 'all', epochs: 1 },
    ]
    const phased = changed({ phases })
    expect([phased.config.phases, phased.config.epochs]).toEqual([phases, undefined])
    expect(planChanges(phased)).toEqual(['phases'])
    expect(changeConfig(phased.config, { phases: null, epochs: 3 })).toMatchObject({ config: { epochs: 3 } })
    expect(changeConfig(phased.config, { epochs: 3 })).toMatchObject({
      message: expect.stringContaining('epochs: remove it: with phases'),
    })
  })

  it('LC2: an object of another name replaces the old one; null takes a field away there too', () => {
    const adamw = { name: 'adamw', learningRate: 0.001, momentum: null, weightDecay: 0.01 }
    const { optimizer } = changed({ optimizer: adamw }).config
    expect(optimizer).toMatchObject({ name: 'adamw', learningRate: 0.001, weightDecay: 0.01 })
    expect(optimizer).not.toHaveProperty('momentum')
  })

  it('LC2: those that decide which samples a step has are told apart', () => {
    expect(planChanges(changed({ seed: 6, tasksPerStep: 2, labelSmoothing: 0.1 }))).toEqual([
      'seed',
      'tasksPerStep',
    ])
    expect(planChanges(changed({ epochs: 5, augmentation: { flip: true } }))).toEqual([])
  })

  it.each([
    [{ architecture: { width: 0.5 } }, 'fixed-field', /architecture/],
    [{ flora: 'tundra' }, 'fixed-field', /flora/],
    [{ name: 'other' }, 'fixed-field', /name/],
    [{ learnigRate: 1 }, 'invalid', /learnigRate/],
    [{ optimizer: { learningRate: -1 } }, 'invalid', /learningRate/],
    [{ epochs: null }, 'invalid', /epochs or steps/],
    [{ optimizer: null }, 'invalid', /optimizer/],
  ])('LC2: %j is refused with what is wrong', (changes, code, words) => {
    expect(changeConfig(config, changes)).toMatchObject({ code, message: expect.stringMatching(words) })
  })
})
