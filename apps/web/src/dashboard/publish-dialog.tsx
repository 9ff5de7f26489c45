/** Asks before a run's weights become those that everybody identifies with. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import { parseModel } from '../coordinator/parse.ts'
import { count, percent } from '../words/amounts.ts'
import { AskDialog } from './ask-dialog.tsx'
import { useRunOrder } from './run-order.ts'

export function PublishDialog({
  run,
  onDone,
  onClose,
}: {
  run: RunStatus
  onDone: (words: string) => void
  onClose: () => void
}) {
  const order = useRunOrder(run.id)

  async function publish(): Promise<void> {
    const outcome = await order.send(
      'publish',
      {},
      {
        parse: parseModel,
        done: (model) =>
          `Published: plants are identified with step ${count(model.run.step)} of “${run.name}” now.`,
      },
    )
    if (outcome.kind === 'done') onDone(outcome.words)
  }

  return (
    <AskDialog
      order={order}
      onNo={onClose}
      onYes={() => void publish()}
      question={{
        title: `Publish “${run.name}” as it is now?`,
        yes: `Publish “${run.name}”`,
        no: 'Not now',
        weight: 'strong',
        children: (
          <p>{`From then on everybody identifies plants with its latest step. ${accuracyWords(run)}`}</p>
        ),
      }}
    />
  )
}

function accuracyWords({ evaluation, step }: RunStatus): string {
  if (evaluation === null) return 'How good it is has not been measured yet.'
  const right = percent(evaluation.top1)
  return evaluation.step === step
    ? `It names ${right} of held-back photos right.`
    : `At step ${count(evaluation.step)} it named ${right} of held-back photos right.`
}
