/** What the dashboard says of the published model's calibration. */
import { expect, it } from 'vitest'
import { trustWords } from '../src/dashboard/model-trust.tsx'

it('CA1, CA3: says the temperature, the error and its floor, and both shares of what is refused; or that there are none yet', () => {
  expect(trustWords({ calibration: null })).toMatch(/not calibrated yet/)
  const words = trustWords({
    calibration: {
      temperature: 1.5678,
      rollUp: null,
      measured: { photos: 100, ece: 0.034, eceFloor: 0.032, named: 0, namedRight: 0 },
      plantCheck: { threshold: 0, plantsRefused: 0.005, nonPlantsRefused: 0.93, plants: 100, nonPlants: 540 },
      organs: null,
      heads: null,
      lacking: ['Organs are not suggested: too few photos say which they show.'],
    },
  }).replaceAll('\u00a0', ' ')
  expect(words).toContain(
    'Temperature 1.57; its scores are 3.4 points off on average (3.2 of that is chance).',
  )
  expect(words).toContain('refuses 0.5 % of plants and 93 % of drawn pictures')
  expect(words).toContain('Organs are not suggested')
})
