/** `worldflora train`: a run from RUN.json to its measured end, for scripts and papers. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { RunId } from '@worldflora/protocol/ids'
import { reject } from '@worldflora/protocol/rejection'
import type { RunDetail } from '@worldflora/protocol/runs'
import { findCoordinator, withCoordinator } from '../coordinator-process.ts'
import { startLocalWorkers } from '../local-workers.ts'
import type { OperatorClient } from '../operator-client.ts'
import { percent } from '../percent.ts'
import { type PhaseOutcome, phaseEnds, phaseOutcomes } from '../phase-outcomes.ts'
import { openProgress } from '../progress.ts'
import { accept, Refused } from '../report.ts'
import { bringRun, readRunFile } from '../run-file.ts'
import { remarksOn } from '../run-remarks.ts'

const LOOK_EVERY_MS = 500

export async function train(
  file: string,
  options: { workers: number; json: boolean; data: string },
): Promise<void> {
  const runFile = await readRunFile(file)
  if (options.workers === 0 && (await findCoordinator(options.data)) === null) throw nobody(options.data)
  for (const line of remarksOn(runFile.config)) console.error(line)
  await withCoordinator(options.data, async ({ localUrl, client, ended, isFound }) => {
    const config = await bringRun(client, runFile)
    const { id, resumed } = accept(await client.openRun(config))
    if (isFound) console.error(untilCtrlC(config.name))
    for (const line of beginningOf(accept(await client.run(id)))) console.error(line)
    if (resumed) console.error(`Going on with the unfinished run ${config.name}.`)
    const workers = startLocalWorkers(localUrl, options.workers)
    try {
      const lost = ended.then(() => {
        throw new Refused(
          reject('coordinator-ended', 'The coordinator ended.', 'Run the same command again: it goes on.'),
        )
      })
      printOutcome(await Promise.race([followToEnd(client, id), workers.failed, lost]), options.json)
    } finally {
      await workers.stop()
    }
  })
}

function nobody(data: string): Refused {
  return new Refused(
    reject(
      'no-workers',
      `No site runs on ${data}, so without workers here nobody would train.`,
      'Begin one with `worldflora start`, whose volunteers do it, or give --workers 1.',
    ),
  )
}

function untilCtrlC(run: string): string {
  return `The site goes on with ${run} if this command is ended (Ctrl-C); \`worldflora pause ${run}\` pauses it.`
}

/** What it begins with, if not with what its seed gives. */
function beginningOf({ initialWeights }: RunDetail): string[] {
  if (initialWeights === null) return []
  const { hash, from, headRows } = initialWeights
  const source = from === null ? `the weights ${hash}` : `step ${from.step} of ${from.name} (weights ${hash})`
  const head =
    headRows === 0
      ? 'its head starts fresh'
      : `${headRows} of its species have their rows of the head from there`
  return [`The run begins with ${source}; ${head}.`]
}

async function followToEnd(client: OperatorClient, id: RunId): Promise<RunDetail> {
  const progress = openProgress()
  let said = new Set<string>()
  for (;;) {
    const detail = accept(await client.run(id))
    const { status } = detail
    const ends = phaseEnds(detail)
    for (const [name, words] of ends) if (!said.has(name)) progress.end(words)
    said = new Set(ends.keys())
    progress.show(sentence(detail))
    if (status.measured) {
      progress.end(sentence(detail))
      return detail
    }
    if (status.state === 'paused' || status.state === 'stopped') {
      progress.end()
      throw new Refused(
        reject(
          status.state,
          `The run is ${status.state}: ${status.reason ?? 'by its operator'}.`,
          'Mend the cause, then run the same command again: it goes on.',
        ),
      )
    }
    await wait(LOOK_EVERY_MS)
  }
}

function sentence({ status }: RunDetail): string {
  const accuracy =
    status.evaluation === null ? '' : `, ${status.evaluation.split} top-1 ${percent(status.evaluation.top1)}`
  return `step ${status.step} of ${status.steps}, epoch ${status.epoch.toFixed(1)}, ${status.imagesPerSecond.toFixed(1)} images/s${accuracy}${status.hint === undefined ? '' : `. ${status.hint}`}`
}

function printOutcome(detail: RunDetail, json: boolean): void {
  const { status, trainingSeconds, imagesTrained, testEvaluation } = detail
  const outcome = {
    run: status.name,
    steps: status.steps,
    seconds: trainingSeconds,
    imagesPerSecond: trainingSeconds > 0 ? imagesTrained / trainingSeconds : 0,
    checkpoint: status.checkpoint,
    evaluation: testEvaluation && {
      crops: testEvaluation.crops ?? 1,
      top1: testEvaluation.top1,
      top5: testEvaluation.top5,
      macroTop1: testEvaluation.macroTop1,
      observations: { top1: testEvaluation.observations.top1, top5: testEvaluation.observations.top5 },
    },
    phases: phaseOutcomes(detail),
  }
  console.log(json ? JSON.stringify(outcome) : inWords(outcome))
}

type Outcome = {
  run: string
  steps: number
  seconds: number
  imagesPerSecond: number
  checkpoint: string
  evaluation: (Pick<Evaluation, 'top1' | 'top5' | 'macroTop1' | 'observations'> & { crops: number }) | null
  phases: PhaseOutcome[]
}

function inWords({ run, steps, seconds, imagesPerSecond, checkpoint, evaluation }: Outcome): string {
  const measured =
    evaluation === null
      ? ['The flora has no test split: nothing was measured.']
      : [
          `test split${evaluation.crops === 1 ? '' : `, ${evaluation.crops} crops of each photo`}: top-1 ${percent(evaluation.top1)}, top-5 ${percent(evaluation.top5)}, mean over species ${percent(evaluation.macroTop1)}`,
          `by observation: top-1 ${percent(evaluation.observations.top1)}, top-5 ${percent(evaluation.observations.top5)}`,
        ]
  return [
    `${run}: ${steps} steps in ${seconds.toFixed(0)} s (${imagesPerSecond.toFixed(1)} images/s)`,
    `checkpoint ${checkpoint}`,
    ...measured,
  ].join('\n')
}
