import { OptimizerConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { cosineOfPi } from '../../src/optimizer/cosine.ts'
import { learningRateAt } from '../../src/optimizer/index.ts'

function rates(
  config: Record<string, unknown>,
  steps: number[],
  run = { stepsPerEpoch: 10, steps: 100, globalBatch: 1024 },
): number[] {
  const optimizer = v.parse(OptimizerConfig, { name: 'sgd', learningRate: 0.4, ...config })
  return steps.map((step) => learningRateAt(optimizer, { step, ...run }))
}

describe('OP4: the learning rate', () => {
  it('is constant unless said otherwise', () => {
    expect(rates({}, [0, 50, 99])).toEqual([0.4, 0.4, 0.4])
  })

  it('warms up in equal steps, the last of which is the whole rate', () => {
    const warm = rates({ warmupEpochs: 0.4 }, [0, 1, 2, 3, 4])
    expect(warm).toEqual([0.1, 0.2, 0.4 * 0.75, 0.4, 0.4].map((rate) => expect.closeTo(rate, 15)))
  })

  it('follows half a cosine from the end of the warm-up to nearly nothing', () => {
    const config = { schedule: 'cosine', warmupEpochs: 2 }
    const [first, quarter, half, last] = rates(config, [20, 40, 60, 99])
    expect(first).toBe(0.4)
    expect(quarter).toBeCloseTo(0.4 * ((1 + Math.SQRT1_2) / 2), 14)
    expect(half).toBeCloseTo(0.2, 15)
    expect(last).toBeCloseTo(0.2 * (1 + Math.cos((Math.PI * 79) / 80)), 15)
    expect(last).toBeGreaterThan(0)
  })

  it('falls by the factor at each epoch that is named', () => {
    const config = { schedule: 'step', stepEpochs: [3, 6], stepFactor: 0.5 }
    expect(rates(config, [29, 30, 59, 60])).toEqual([0.4, 0.2, 0.2, 0.1])
  })

  it('meets epochs that end in the middle of a step at the nearest step', () => {
    const config = { schedule: 'step', stepEpochs: [1], stepFactor: 0.5 }
    expect(rates(config, [2, 3], { stepsPerEpoch: 2.6, steps: 10, globalBatch: 64 })).toEqual([0.4, 0.2])
  })

  it('falls along a polynomial from the end of the warm-up; of power 1, along a line', () => {
    const config = { schedule: 'polynomial', warmupEpochs: 2 }
    expect(rates(config, [20, 40, 60, 99])).toEqual(
      [0.4, 0.3, 0.2, 0.005].map((rate) => expect.closeTo(rate, 15)),
    )
    const squared = rates({ ...config, power: 2 }, [20, 40, 60, 99])
    expect(squared).toEqual(
      [0.4, 0.4 * 0.75 ** 2, 0.4 * 0.25, 0.4 / 80 ** 2].map((rate) => expect.closeTo(rate, 15)),
    )
  })

  it.each(['cosine', 'polynomial'])('%s ends near the part of the rate that is to be left', (schedule) => {
    const config = { schedule, endFactor: 0.25, warmupEpochs: 2 }
    const [first, half, last] = rates(config, [20, 60, 99])
    expect([first, half]).toEqual([0.4, expect.closeTo((0.4 + 0.1) / 2, 15)])
    expect(last).toBeGreaterThan(0.1)
    expect(last).toBeLessThan(0.104)
    expect(rates({ ...config, endFactor: 1 }, [20, 60, 99])).toEqual([0.4, 0.4, 0.4])
  })

  it('is scaled linearly from the batch it is meant for to the run’s', () => {
    expect(rates({ referenceBatch: 256 }, [0, 99])).toEqual([1.6, 1.6])
    expect(rates({ referenceBatch: 4096 }, [0])).toEqual([0.1])
    expect(rates({ referenceBatch: 1024 }, [0])).toEqual([0.4])
    const steps = { schedule: 'step', stepEpochs: [3], stepFactor: 0.5 }
    expect(rates({ ...steps, referenceBatch: 256 }, [29, 30])).toEqual([1.6, 0.8])
  })

  it('scaled up, it climbs from the rate of the reference batch, by the same amount each step', () => {
    const config = { referenceBatch: 256, warmupEpochs: 0.4 }
    expect(rates(config, [0, 1, 2, 3, 4])).toEqual(
      [0.7, 1, 1.3, 1.6, 1.6].map((rate) => expect.closeTo(rate, 15)),
    )
    expect(rates({ referenceBatch: 2048, warmupEpochs: 0.4 }, [0, 3])).toEqual([0.05, 0.2])
  })

  it('stays a number when all of the run is warm-up', () => {
    expect(rates({ schedule: 'cosine', warmupEpochs: 1000 }, [0, 99])).toEqual([0.004, 0.4])
  })
})

describe('SD3: the cosine', () => {
  it('is exact at its ends and its middle, and falls all the way', () => {
    expect([0, 1].map(cosineOfPi)).toEqual([1, -1])
    expect(cosineOfPi(0.5)).toBeCloseTo(0, 15)
    for (let i = 1; i <= 1000; i++) expect(cosineOfPi(i / 1000)).toBeLessThan(cosineOfPi((i - 1) / 1000))
  })

  it('differs from the engine’s by rounding alone', () => {
    for (let i = 0; i <= 1000; i++) {
      expect(Math.abs(cosineOfPi(i / 1000) - Math.cos((Math.PI * i) / 1000))).toBeLessThan(1e-15)
    }
  })

  it('golden bits: the same everywhere', () => {
    const bits = [0.1, 1 / 3, 0.7, 0.999].map((x) =>
      Buffer.from(new Float64Array([cosineOfPi(x)]).buffer).toString('hex'),
    )
    expect(bits).toMatchInlineSnapshot(`
      [
        "ff5444130e6fee3f",
        "010000000000e03f",
        "605a750423cfe2bf",
        "ff81a6a6f5ffefbf",
      ]
    `)
  })
})
