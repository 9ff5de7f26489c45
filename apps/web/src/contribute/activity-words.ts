/** What the machine does now, in words. */
import type { Activity } from '@worldflora/worker/browser'
import { counted } from '../words/amounts.ts'

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

/** Short, so that what stands below does not jump from line to line: the ring says of which step it is. */
function taskWords({ kind, images, tasksLeft }: NonNullable<Activity['task']>): string {
  const photos = counted(images, 'photo')
  switch (kind) {
    case 'gradient':
      return `Learning from ${photos}${tasksLeft > 1 ? `, then ${counted(tasksLeft - 1, 'more piece')}` : ''}`
    case 'evaluate':
      return `Testing the model on ${photos} it has never seen`
    case 'extract-features':
      return `Describing ${photos}`
  }
}

export function backendWords({
  backend,
  adapter,
  cores,
}: Pick<Activity, 'backend' | 'adapter' | 'cores'>): string {
  switch (backend) {
    case null:
      return 'Choosing …'
    case 'webgpu': {
      const others = cores > 1 ? ` and WASM on ${counted(cores - 1, 'core')}` : ''
      return (adapter === null ? 'WebGPU' : `WebGPU (${adapter})`) + others
    }
    case 'wasm':
      return cores > 1 ? `WASM on ${counted(cores, 'core')}` : 'WASM'
    case 'cpu':
      return 'Plain JavaScript'
  }
}

/** Why the graphics card does not compute, if there is one; null if it does, or there is none. */
export function gpuWords({ gpu, adapter }: Pick<Activity, 'gpu' | 'adapter'>): string | null {
  const card = adapter === null ? 'The graphics card' : `The graphics card (${adapter})`
  switch (gpu) {
    case 'wrong-answers':
      return `${card} gave wrong answers when it was tried: it is left out. A newer driver or browser may help.`
    case 'slower':
      return `${card} is slower here than the processor: it is left out.`
    case 'untried':
      return `${card} could not be tried: it is left out.`
    case 'lost':
      return `${card} stopped answering again and again: the processor goes on without it.`
    default:
      return null
  }
}
