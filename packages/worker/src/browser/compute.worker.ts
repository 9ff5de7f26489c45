/** The compute part in a Web Worker: the entry that the site's bundler makes a script of. */
import type { BackendAssets } from '@worldflora/model/backend'
import { exposeCompute } from '../compute/compute-thread.ts'

/** The site serves the binaries beside its pages. */
const assets: BackendAssets = {
  async load(name) {
    const response = await fetch(new URL(`/assets/${name}`, self.location.origin))
    if (!response.ok) throw new Error(`The site does not have ${name} (${response.status}).`)
    return new Uint8Array(await response.arrayBuffer())
  },
}

exposeCompute({ assets, offerGpu: async () => {} })
