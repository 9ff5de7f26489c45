/** What the machine does now, in words. */
import type { Activity } from '@worldflora/worker/browser'
import type { Texts } from '../languages/use-texts.ts'

type T = Texts<'contribute'>

export function activityWords(t: T, activity: Activity | null): string {
  if (activity === null) return t('activity.starting')
  const { state, task, backend } = activity
  if (activity.note !== null && state === 'connecting') return t('activity.again')
  switch (state) {
    case 'connecting':
      return backend === null ? t('activity.preparing') : t('activity.connecting')
    case 'idle':
      return t('activity.idle')
    case 'fetching':
      return t('activity.fetching')
    case 'computing':
      return task === null ? t('activity.computing') : taskWords(t, task)
    case 'sending':
      return task?.kind === 'gradient' ? t('activity.sendingLearned') : t('activity.sendingAnswers')
    case 'ended':
      return t('activity.ended')
  }
}

/** Short, so that what stands below does not jump from line to line: the ring says of which step it is. */
function taskWords(t: T, { kind, images: photos, tasksLeft }: NonNullable<Activity['task']>): string {
  switch (kind) {
    case 'gradient':
      return tasksLeft > 1
        ? t('activity.learningMore', { photos, pieces: tasksLeft - 1 })
        : t('activity.learning', { photos })
    case 'evaluate':
      return t('activity.testing', { photos })
    case 'extract-features':
      return t('activity.describing', { photos })
  }
}

/** What computes has names that are the same in every language. */
const GPU = 'WebGPU'
const PROCESSOR = 'WASM'

export function backendWords(
  t: T,
  { backend, adapter, cores }: Pick<Activity, 'backend' | 'adapter' | 'cores'>,
): string {
  switch (backend) {
    case null:
      return t('backend.choosing')
    case 'webgpu': {
      const gpu = adapter === null ? GPU : `${GPU} (${adapter})`
      return cores > 1 ? t('backend.webgpu', { gpu, cores: cores - 1 }) : gpu
    }
    case 'wasm':
      return cores > 1 ? t('backend.wasm', { cores }) : PROCESSOR
    case 'cpu':
      return t('backend.plain')
  }
}

/** Why the graphics card does not compute, if there is one; null if it does, or there is none. */
export function gpuWords(t: T, { gpu, adapter }: Pick<Activity, 'gpu' | 'adapter'>): string | null {
  if (gpu === null || gpu === 'used') return null
  return t(`gpu.${gpu}`, { card: adapter ?? 'none' })
}
