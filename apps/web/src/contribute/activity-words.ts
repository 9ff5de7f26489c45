/** What the machine does now, in words. */
import type { Activity } from '@worldflora/worker/browser'
import { count, counted } from '../words/amounts.ts'

export function activityWords(activity: Activity | null): string {
  if (activity === null) return 'Starting …'
  const { state, task, backend } = activity
  if (activity.note !== null && state === 'connecting') return activity.note
  switch (state) {
    case 'connecting':
      return backend === null ? 'Getting ready …' : 'Connecting …'
    case 'idle':
      return 'Waiting for the next piece of work'
    case 'fetching':
      return 'Fetching photos and the latest model'
    case 'computing':
      return task === null ? 'Computing' : taskWords(task)
    case 'sending':
      return task?.kind === 'gradient' ? 'Sending what was learned' : 'Sending the answers'
    case 'ended':
      return 'Stopped'
  }
}

function taskWords(task: NonNullable<Activity['task']>): string {
  const photos = counted(task.images, 'photo')
  return task.kind === 'gradient'
    ? `Learning from ${photos} for step ${count(task.step + 1)}`
    : `Testing the model on ${photos} it has never seen`
}

export function backendWords({ backend, adapter }: Pick<Activity, 'backend' | 'adapter'>): string {
  switch (backend) {
    case null:
      return 'Choosing …'
    case 'webgpu':
      return adapter === null ? 'WebGPU' : `WebGPU (${adapter})`
    case 'wasm':
      return 'WASM'
    case 'cpu':
      return 'Plain JavaScript'
  }
}
