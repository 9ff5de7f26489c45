import { expect, test } from 'vitest'
import * as flag from '../runner/flags.ts'
import { networkIn } from '../training/networks.ts'

const TABLE = {
  photos: flag.needed('FOLDER', 'real photos'),
  hosts: flag.someOf(['node', 'chromium'], ['node', 'chromium'], 'where'),
  networks: flag.listOf('NETWORK,...', 'mobilenet-v1:0.25:96:16', 'the networks', networkIn),
  rounds: flag.count(3, 'in turns'),
  share: flag.share(0, 'of the labels'),
  change: flag.fields('of the run'),
  software: flag.onOff('will do'),
}
const parse = (...args: string[]) => flag.parseFlags(TABLE, ['--photos', 'wild', ...args])

test('what is not given has its default, and what is given its type', () => {
  expect(parse()).toEqual({
    photos: 'wild',
    hosts: ['node', 'chromium'],
    networks: [{ architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 }, batch: 16 }],
    rounds: 3,
    share: 0,
    change: {},
    software: false,
  })
  expect(parse('--hosts', 'node', '--rounds=1', '--change', '{"epochs":2}', '--software')).toMatchObject({
    hosts: ['node'],
    rounds: 1,
    change: { epochs: 2 },
    software: true,
  })
})

test.each([
  [['--hosts', 'firefox'], '--hosts: there is no "firefox". There are: node, chromium.'],
  [['--hosts', 'node,firefox'], '--hosts: there is no "firefox".'],
  [['--architectures', 'resnet-50'], 'There is no flag --architectures. There are: --photos, --hosts,'],
  [
    ['--networks', 'alexnet:1:224:4'],
    '--networks: there is no "alexnet". There are: small-cnn, mobilenet-v1,',
  ],
  [['--networks', 'resnet-50:1:224'], '--networks: "resnet-50:1:224" is not NAME:WIDTH:IMAGE_SIZE:BATCH.'],
  [['--networks', 'resnet-50:99:224:4'], '--networks: resnet-50:99:224 is not valid: width'],
  [['--rounds', '1.5'], '--rounds: 1.5 is no whole number from 1 on.'],
  [['--rounds', 'many'], '--rounds: "many" is no number.'],
  [['--rounds'], '--rounds needs a value: N.'],
  [['--rounds', '1', '--rounds', '2'], '--rounds is given more than once.'],
  [['--share', '20'], '--share: 20 is not between 0 and 1.'],
  [['--change', '[1]'], '--change: [1] is no JSON object.'],
  [['--change', 'epochs=2'], '--change: epochs=2 is no JSON.'],
  [['--software=yes'], '--software takes no value.'],
  [['wild'], '"wild" belongs to no flag.'],
])('%j is refused with what would be right', (args, message) => {
  expect(() => parse(...args)).toThrow(flag.FlagError)
  expect(() => parse(...args)).toThrow(message)
})

test('what is needed and not given says what it is', () => {
  expect(() => flag.parseFlags(TABLE, [])).toThrow('--photos FOLDER is needed: real photos.')
})

test('the help has a line for each flag', () => {
  expect(flag.describeFlags(TABLE)).toEqual([
    '  --photos FOLDER         real photos (needed)',
    '  --hosts node,chromium   where (default: node,chromium)',
    '  --networks NETWORK,...  the networks (default: mobilenet-v1:0.25:96:16)',
    '  --rounds N              in turns (default: 3)',
    '  --share SHARE           of the labels (default: 0)',
    '  --change JSON           of the run (default: {})',
    '  --software              will do',
  ])
})
