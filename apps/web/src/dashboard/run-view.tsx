/** One run: its state in a sentence, what may be done with it, its curves and its figures. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import { parseHistory } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { type Fact, Facts } from '../design/facts.tsx'
import { FaultLine } from '../design/fault-line.tsx'
import { Notice } from '../design/notice.tsx'
import { ProgressLine } from '../design/progress-line.tsx'
import { bytes, count, counted, percent, perSecond } from '../words/amounts.ts'
import { runSentence, sentenceOf } from '../words/run-sentence.ts'
import { Curve } from './curve.tsx'
import { accuracyCurve, lossCurve } from './curves-of-run.ts'
import { KeptList } from './kept-list.tsx'
import { Recipe } from './recipe.tsx'
import { RunControls } from './run-controls.tsx'
import styles from './run-view.module.css'

/** A history is up to 2,000 points: read again at most this often, however fast the steps are. */
const HISTORY_REST_MS = 2000

/** Characters of a reason that is said in passing; a longer one also says what to do, and stands by itself. */
const BRIEF = 60

export function RunView({ run, workers }: { run: RunStatus; workers: number }) {
  const { value: history, rejection } = useReading(`/api/runs/${run.id}/history`, parseHistory, {
    news: `${run.step} ${run.state} ${run.measured} ${run.evaluation?.step}`,
    restMs: HISTORY_REST_MS,
  })
  const isBrief = run.reason !== undefined && run.reason.length <= BRIEF
  return (
    <section className={styles.run} aria-labelledby="run-name">
      <div className={styles.head}>
        <h1 id="run-name">{run.name}</h1>
        <p className={styles.sentence} data-testid="run-sentence" data-state={run.state}>
          {runSentence({ ...run, reason: isBrief ? run.reason : undefined }, workers, Date.now())}
        </p>
        <ProgressLine done={run.step} total={run.steps} label={`Epoch ${run.epoch.toFixed(1)}`} />
      </div>
      <RunControls run={run} />
      {run.state === 'paused' && run.reason !== undefined && !isBrief ? (
        <Notice tone="warm" said="in-turn" title="Why it is paused">
          <p className={styles.reason}>{sentenceOf(run.reason)}</p>
        </Notice>
      ) : null}
      {run.hint === undefined ? null : (
        <Notice tone="warm" said="in-turn" title="It does not advance">
          <p data-testid="run-hint">{run.hint}</p>
        </Notice>
      )}
      <FaultLine rejection={rejection} />
      <div className={styles.curves}>
        <Curve testId="loss-curve" {...lossCurve(history)} />
        <Curve testId="accuracy-curve" {...accuracyCurve(history)} />
      </div>
      <Facts label="Figures of the run" facts={figuresOf(run)} />
      <Recipe run={run} />
      <KeptList run={run} />
      <p className={styles.small}>
        Flora {run.flora}; checkpoint <code>{run.checkpoint}</code>
      </p>
    </section>
  )
}

/** Volunteers' uplinks are the real limit: what an image costs them. */
function uplinkOf({ uploadBytesPerImage }: RunStatus): Fact[] {
  if (uploadBytesPerImage === undefined) return []
  return [
    { name: 'Upload/image', value: bytes(uploadBytesPerImage), note: 'gradients, since the site started' },
  ]
}

const SPLITS = { train: 'training', val: 'validation', test: 'test' } as const

function figuresOf(run: RunStatus): Fact[] {
  const speed: Fact[] = [
    { name: 'Steps/s', value: figure(run.stepsPerSecond) },
    {
      name: 'Images/s',
      value: figure(run.imagesPerSecond),
      note: run.tasks.total === 0 ? null : `${run.tasks.accepted} of ${run.tasks.total} tasks of this step`,
    },
    ...uplinkOf(run),
  ]
  const { evaluation } = run
  if (evaluation === null) return [...speed, { name: 'Accuracy', value: '–', note: 'not measured yet' }]
  const crops = evaluation.crops === undefined ? '' : `, ${evaluation.crops} crops of each`
  const of = `${SPLITS[evaluation.split]}, ${counted(evaluation.photos, 'photo')}${crops}, step ${count(evaluation.step)}`
  return [
    ...speed,
    { name: 'First guess right', value: percent(evaluation.top1), note: of },
    { name: 'Among first five', value: percent(evaluation.top5) },
    { name: 'Mean over species', value: percent(evaluation.macroTop1) },
    {
      name: 'By observation',
      value: percent(evaluation.observations.top1),
      note: `${percent(evaluation.observations.top5)} among first five`,
    },
  ]
}

function figure(pace: number): string {
  return pace > 0 ? perSecond(pace) : '–'
}
