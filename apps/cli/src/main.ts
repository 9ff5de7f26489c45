/** The command line: what can be asked, and with which words. Each command lives in its own file, which is loaded when it is given. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { report } from './report.ts'
import { VERSION } from './version.ts'

const program = new Command('worldflora')
  .description(
    'Train a recogniser of the world’s plants on volunteers’ machines, exactly, and name plants with it.',
  )
  .version(VERSION)
  .showHelpAfterError('Add --help to see what this command takes.')

const dataOption = () =>
  new Option('--data <folder>', 'data folder').env('WORLDFLORA_DATA').default('worldflora-data')

program
  .command('start')
  .description('Start the site: coordinator, pages, the demo flora with its run, and one local worker.')
  .addOption(dataOption())
  .addOption(
    new Option('--port <number>', 'port to listen on; 0 for any free one')
      .env('WORLDFLORA_PORT')
      .default(8420)
      .argParser(wholeNumber(0, 65_535)),
  )
  .addOption(
    new Option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in')
      .env('WORLDFLORA_HOST')
      .default('127.0.0.1'),
  )
  .option('--tls-cert <file>', 'certificate (PEM): serve https')
  .option('--tls-key <file>', 'private key (PEM) of the certificate')
  .addOption(
    new Option(
      '--image-hosts <hosts>',
      'hosts, with commas between, from which programs may name photos by their addresses',
    ).env('WORLDFLORA_IMAGE_HOSTS'),
  )
  .addOption(
    new Option(
      '--trusted-proxy <addresses>',
      'proxies, addresses or networks with commas between, that are believed on whose behalf they ask',
    ).env('WORLDFLORA_TRUSTED_PROXY'),
  )
  .option('--workers <number>', 'local workers', wholeNumber(0, 64), 1)
  .option('--no-demo', 'do not draw the demo flora and do not start its run')
  .action(report(() => import('./commands/start.ts').then((it) => it.start)))

program
  .command('work')
  .description('Join a coordinator as a worker on this machine: WebGPU if there is a GPU, else WASM.')
  .requiredOption('--url <address>', 'address of the site')
  .addOption(
    new Option('--backend <name>', 'compute backend')
      .choices(['auto', 'wasm', 'webgpu', 'cpu'])
      .default('auto'),
  )
  .option(
    '--cores <number>',
    'compute on so many cores at a time; with a GPU it takes one of them',
    wholeNumber(1, 256),
    1,
  )
  .option('--images-per-second <number>', 'compute no more than this, to save power', positiveNumber)
  .option('--quiet', 'show no progress, only what goes wrong', false)
  .action(report(() => import('./commands/work.ts').then((it) => it.work)))

program
  .command('import')
  .description('Bring a folder of photos in as a flora. Works while `start` runs on the same data folder.')
  .argument('<folder>', 'a folder per species, or train|val|test folders with those below')
  .addOption(
    new Option('--format <name>', 'how the photos lie').choices(['image-folder']).makeOptionMandatory(),
  )
  .requiredOption('--into <flora>', 'name of the flora: lowercase letters, digits and -')
  .option(
    '--csv <file>',
    'columns image, species[, scientificName, authorship, genus, family, commonName, commonName.fr, synonyms, gbifId, powoId, iucnCategory, observation, organ, split, license, author, trusted]',
  )
  .option('--stored-size <pixels>', 'shorter side of the stored photos', wholeNumber(32, 2048), 256)
  .option('--json', 'print the outcome as one JSON object', false)
  .addOption(dataOption())
  .action(report(() => import('./commands/import.ts').then((it) => it.importFlora)))

program
  .command('export-submissions')
  .description(
    'Write the photos that visitors gave and the operator accepted as a folder that `import` takes.',
  )
  .argument('<folder>', 'a new folder, or an empty one')
  .option('--trusted', 'say in the table that their names are known to be right', false)
  .option('--json', 'print the outcome as one JSON object', false)
  .addOption(dataOption())
  .action(report(() => import('./commands/export-submissions.ts').then((it) => it.exportSubmissions)))

program
  .command('train')
  .description('Train a run to its end without pages, and measure it on the test split.')
  .argument('<run>', 'RUN.json: architecture, batch, optimizer, ... (see README)')
  .option(
    '--workers <number>',
    'local workers; 0 where `start` runs on the data folder and volunteers do the work',
    wholeNumber(0, 64),
    1,
  )
  .option('--json', 'print the outcome as one JSON object', false)
  .addOption(dataOption())
  .action(report(() => import('./commands/train.ts').then((it) => it.train)))

const runCommand = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .argument('<run>', 'name of the run (the newest of that name), or its id')
    .addOption(dataOption())

program
  .command('runs')
  .description('List the runs with their states.')
  .option('--json', 'print them as one JSON array', false)
  .addOption(dataOption())
  .action(report(() => import('./commands/runs.ts').then((it) => it.runs)))

runCommand('pause', 'Pause a run: no new work; what is accepted of its step stays.').action(
  report(() => import('./commands/steer.ts').then((it) => it.pause)),
)
runCommand('resume', 'Let a paused or stopped run go on.').action(
  report(() => import('./commands/steer.ts').then((it) => it.resume)),
)
runCommand('stop', 'Stop a run: the step in flight is dropped, what it has learned is kept.').action(
  report(() => import('./commands/steer.ts').then((it) => it.stop)),
)
runCommand('priority', 'Say how large a share of the volunteers a run gets.')
  .argument('<priority>', '0 to 9: twice the share of a run that is one below', wholeNumber(0, 9))
  .action(report(() => import('./commands/priority.ts').then((it) => it.priority)))
runCommand('checkpoints', 'List the checkpoints that a run can be forked from or rolled back to.')
  .option('--json', 'print them as one JSON object', false)
  .action(report(() => import('./commands/checkpoints.ts').then((it) => it.checkpoints)))
runCommand(
  'export',
  'Write a run’s weights (its published model, if it has one) for other programs, with a card.',
)
  .addOption(
    new Option('--format <name>', 'files to write').choices(['tfjs', 'safetensors']).makeOptionMandatory(),
  )
  .requiredOption('--into <folder>', 'a new folder, or an empty one')
  .option(
    '--step <number>',
    'step of the checkpoint; without, the published or the latest',
    wholeNumber(0, 1e9),
  )
  .option('--licence <text>', 'what the card says of the licence of the weights')
  .option('--json', 'print the card as one JSON object', false)
  .action(report(() => import('./commands/export.ts').then((it) => it.exportModel)))
runCommand('fork', 'Begin a new run with a checkpoint of another.')
  .requiredOption('--step <number>', 'step of the checkpoint', wholeNumber(0, 1e9))
  .requiredOption('--as <name>', 'name of the new run')
  .option('--changes <file>', 'JSON with the fields of RUN.json that are to be others')
  .option('--restart', 'begin at step 0, with those weights', false)
  .action(report(() => import('./commands/fork.ts').then((it) => it.fork)))
runCommand('rollback', 'Take a paused or stopped run back to a checkpoint. What came later is dropped.')
  .requiredOption('--step <number>', 'step of the checkpoint', wholeNumber(0, 1e9))
  .option('--changes <file>', 'JSON with the fields of RUN.json that are to be others from there')
  .action(report(() => import('./commands/rollback.ts').then((it) => it.rollback)))

program
  .command('publish')
  .description('Publish a run’s latest checkpoint: /identify names plants with it from then on.')
  .argument('<run>', 'name of the run')
  .addOption(dataOption())
  .action(report(() => import('./commands/publish.ts').then((it) => it.publish)))

program
  .command('operator-link')
  .description(
    'Print a new one-time link that opens the dashboard as its operator. The site must be running.',
  )
  .addOption(dataOption())
  .action(report(() => import('./commands/operator-link.ts').then((it) => it.operatorLink)))

await program.parseAsync()

function positiveNumber(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}
