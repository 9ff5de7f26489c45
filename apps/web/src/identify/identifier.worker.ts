/** The Web Worker's entry: an identifier whose binaries the site serves beside its pages. */
import { expose, type ProxyMethods, releaseProxy } from 'comlink'
import { ModelIdentifier } from './identifier.ts'
import type { Identifier } from './identifier-port.ts'

const identifier = new ModelIdentifier({
  async load(name) {
    const response = await fetch(new URL(`/assets/${name}`, self.location.origin))
    if (!response.ok) throw new Error(`the site does not have ${name} (${response.status})`)
    return new Uint8Array(await response.arrayBuffer())
  },
})

/** A callback that came over the border holds a channel open until it is released. */
async function withCallback<C extends object, T>(callback: C, use: (callback: C) => Promise<T>): Promise<T> {
  try {
    return await use(callback)
  } finally {
    ;(callback as C & Partial<ProxyMethods>)[releaseProxy]?.()
  }
}

const exposed: Identifier = {
  open: (onStage) => withCallback(onStage, (told) => identifier.open((stage) => void told(stage))),
  name: (photos, narrowing, onStage) =>
    withCallback(onStage, (told) => identifier.name(photos, narrowing, (stage) => void told(stage))),
  answerAgain: (narrowing) => identifier.answerAgain(narrowing),
  findSpecies: (text, most) => identifier.findSpecies(text, most),
  lookForUpdate: () => identifier.lookForUpdate(),
  takeUpdate: () => identifier.takeUpdate(),
}

expose(exposed)
