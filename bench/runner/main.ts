/** `npm run bench -- NAME [flags]`: progress goes to stderr, the last line of stdout is the report, one JSON object. */
import { describeBench, describeBenches, openBench } from './catalogue.ts'
import { FlagError, parseFlags } from './flags.ts'

const [name = '--help', ...args] = process.argv.slice(2)
if (name === '--help') {
  console.log(await describeBenches())
  process.exit(0)
}
const bench = await openBench(name)
if (bench === null) {
  console.error(`There is no bench "${name}".`)
  console.error(await describeBenches())
  process.exit(2)
}
if (args.includes('--help')) {
  console.log(describeBench(name, bench))
  process.exit(0)
}
try {
  const report = await bench.run(parseFlags(bench.flags, args), (line) => console.error(line))
  console.log(JSON.stringify(report))
} catch (error) {
  if (error instanceof FlagError) {
    console.error(error.message)
    console.error(`What there is: npm run bench -- ${name} --help`)
    process.exitCode = 2
  } else {
    // Left to Node, it would show the line of source that it came from: with tfjs that is half a megabyte.
    console.error(error instanceof Error ? error.stack : error)
    process.exitCode = 1
  }
}
