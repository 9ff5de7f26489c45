/** `npm run bench -- NAME [flags]`: progress goes to stderr, the last line of stdout is the report, one JSON object. */
import { describeBenches, openBench } from './catalogue.ts'

const [name = '', ...flags] = process.argv.slice(2)
const bench = await openBench(name)
if (bench === null) {
  console.error(`npm run bench -- NAME [flags]. ${name === '' ? '' : `There is no bench "${name}". `}`)
  console.error(await describeBenches())
  process.exit(2)
}
try {
  const report = await bench.run(flags, (line) => console.error(line))
  console.log(JSON.stringify(report))
} catch (error) {
  // Left to Node, it would show the line of source that it came from: with tfjs that is half a megabyte.
  console.error(error instanceof Error ? error.stack : error)
  process.exitCode = 1
}
