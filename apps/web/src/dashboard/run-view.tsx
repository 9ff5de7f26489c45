'use client'
import { RunHistory } from '@worldflora/protocol/http'
import type { Evaluation, RunStatus } from '@worldflora/protocol/messages'
import { useState } from 'react'
import { percent, rate, runSentence } from '../site/words.ts'
import { Curve } from './curve.tsx'
import styles from './dashboard.module.css'
import { useAnswer } from './polled.ts'

export function RunView({ run, workers }: { run: RunStatus; workers: number }) {
  const history = useAnswer(
    RunHistory,
    `/api/runs/${run.id}/history`,
    `${run.step} ${run.state} ${run.measured}`,
  )
  const steps = history?.steps ?? []
  const evaluations = (history?.evaluations ?? []).filter(({ split }) => split === 'val')
  return (
    <section aria-labelledby="run-name">
      <h1 id="run-name">{run.name}</h1>
      <p className={`numbers ${styles.sentence}`} data-testid="run-sentence" data-state={run.state}>
        {runSentence(run, workers)}
      </p>
      <Controls run={run} />
      <div className={styles.curves}>
        <Curve
          testId="loss-curve"
          title="Loss, mean over each step"
          label={`Training loss by step; ${steps.length === 0 ? 'no step yet' : `now ${steps.at(-1)!.loss.toFixed(3)}`}`}
          x={steps.map(({ step }) => step)}
          series={[{ name: 'train', values: steps.map(({ loss }) => loss), colour: '--faded' }]}
        />
        <Curve
          testId="accuracy-curve"
          title="Accuracy, first guess right"
          label={accuracyLabel(evaluations)}
          percent
          x={steps.map(({ step }) => step)}
          series={[
            { name: 'train, augmented', values: steps.map(({ accuracy }) => accuracy), colour: '--faded' },
            {
              name: 'held back, by photo',
              values: at(steps, evaluations, ({ top1 }) => top1),
              colour: '--leaf',
              points: true,
            },
          ]}
        />
      </div>
      <dl className="figures">
        <Figure name="Steps/s" value={run.stepsPerSecond.toFixed(2)} />
        <Figure name="Images/s" value={rate(run.imagesPerSecond)} />
        <Figure name="Epochs" value={run.epoch.toFixed(1)} />
        {run.evaluation !== null && <EvaluationFigures evaluation={run.evaluation} />}
      </dl>
      <p className="faded">
        Flora {run.flora}, checkpoint <code>{run.checkpoint.slice(0, 16)}</code>
      </p>
    </section>
  )
}

function EvaluationFigures({ evaluation }: { evaluation: Evaluation }) {
  return (
    <>
      <Figure name="Held back, first guess" value={percent(evaluation.top1)} />
      <Figure name="… among first five" value={percent(evaluation.top5)} />
      <Figure name="… mean over species" value={percent(evaluation.macroTop1)} />
      <Figure name="… by observation" value={percent(evaluation.observations.top1)} />
    </>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** What an operator may do now. Stopping cannot be taken back, so it asks for the run's name. */
function Controls({ run }: { run: RunStatus }) {
  const [said, setSaid] = useState<string | null>(null)
  async function post(path: string, body: unknown, done: string): Promise<void> {
    const response = await fetch(`/api/runs/${run.id}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = await response.json().catch(() => null)
    setSaid(response.ok ? done : `${answer?.message ?? 'That did not work.'} ${answer?.action ?? ''}`)
  }
  const become = (state: 'running' | 'paused' | 'stopped', done: string) => () =>
    post('state', { state }, done)
  function stop(): void {
    const name = prompt(`A stopped run cannot go on. To stop it, type its name: ${run.name}`)
    if (name === run.name) become('stopped', 'The run was stopped.')()
  }
  return (
    <div className={styles.controls}>
      <div className="row">
        {run.state === 'running' && (
          <button type="button" onClick={become('paused', 'The run is paused; it can be resumed.')}>
            Pause
          </button>
        )}
        {run.state === 'paused' && (
          <button type="button" className="primary" onClick={become('running', 'The run goes on.')}>
            Resume
          </button>
        )}
        <button
          type="button"
          onClick={() => post('publish', {}, 'Published: the identify page uses this checkpoint now.')}
        >
          Publish
        </button>
        {(run.state === 'running' || run.state === 'paused') && (
          <button type="button" className="danger" onClick={stop}>
            Stop …
          </button>
        )}
      </div>
      <p aria-live="polite" className="faded">
        {said}
      </p>
    </div>
  )
}

/** Evaluations belong to the step they were made after; between them there is nothing. */
function at(
  steps: RunHistory['steps'],
  evaluations: Evaluation[],
  value: (evaluation: Evaluation) => number,
): (number | null)[] {
  const byStep = new Map(evaluations.map((evaluation) => [evaluation.step, value(evaluation)]))
  return steps.map(({ step }) => byStep.get(step) ?? byStep.get(step + 1) ?? null)
}

function accuracyLabel(evaluations: Evaluation[]): string {
  const last = evaluations.at(-1)
  return last === undefined
    ? 'Accuracy by step; not evaluated yet'
    : `Accuracy by step; ${percent(last.top1)} on held-back photos at step ${last.step}`
}
