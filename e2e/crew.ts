/** Workers of both kinds, Node processes and tabs, of which some are killed, each replaced by another of its kind. */
import type { Browser } from 'playwright-core'
import { expect, onTestFinished, vi } from 'vitest'
import { expectNoFaults, openContributor, type WatchedPage } from './browser.ts'
import { type Address, call } from './operator.ts'
import { type Running, type Site, worldflora } from './processes.ts'

const ASSEMBLED_WITHIN_MS = 120_000

type Worker = { kind: 'node'; process: Running } | { kind: 'tab'; page: Promise<WatchedPage> }

export type CrewOptions = { nodes: number; tabs: number; browser: Browser | null }

export class Crew {
  readonly #site: Site
  readonly #browser: Browser | null
  readonly #workers: Worker[] = []
  #assembled: readonly Worker[] = []

  private constructor(site: Site, browser: Browser | null) {
    this.#site = site
    this.#browser = browser
  }

  /** Resolves when all have joined: a run that is opened then is computed by all of them from its first step. */
  static async assemble(site: Site, { nodes, tabs, browser }: CrewOptions): Promise<Crew> {
    const crew = new Crew(site, browser)
    for (let n = 0; n < nodes; n++) crew.#workers.push(crew.#start('node'))
    for (let n = 0; n < tabs; n++) crew.#workers.push(crew.#start('tab'))
    crew.#assembled = [...crew.#workers]
    await vi.waitFor(async () => expect(await countWorkers(site)).toBe(nodes + tabs), {
      timeout: ASSEMBLED_WITHIN_MS,
      interval: 200,
    })
    return crew
  }

  /** `victim`: in [0, 1). SIGKILL, or the tab is closed; its successor starts at once. */
  killOne(victim: number): void {
    const slot = Math.floor(victim * this.#workers.length)
    const worker = this.#workers[slot]!
    this.#workers[slot] = this.#start(worker.kind)
    if (worker.kind === 'node') worker.process.kill('SIGKILL')
    else void worker.page.then((page) => page.close())
  }

  /** Of the tabs that stayed from first to last: later ones may have been opened while the coordinator was down. */
  async expectNoFaults(): Promise<void> {
    for (const worker of this.#workers)
      if (worker.kind === 'tab' && this.#assembled.includes(worker)) expectNoFaults(await worker.page)
  }

  #start(kind: Worker['kind']): Worker {
    if (kind === 'node') {
      return { kind, process: worldflora(['work', '--url', this.#site.url, '--quiet']) }
    }
    const page = this.#openTab()
    // A tab that is still opening when the test ends is opened to its end: closing the browser under it would fail it.
    onTestFinished(() => page.then(() => {}))
    return { kind, page }
  }

  /** Who finds the site down looks again once it answers. */
  async #openTab(): Promise<WatchedPage> {
    try {
      return await openContributor(this.#browser!, this.#site)
    } catch {
      await vi.waitFor(() => countWorkers(this.#site), { timeout: ASSEMBLED_WITHIN_MS, interval: 200 })
      return openContributor(this.#browser!, this.#site)
    }
  }
}

async function countWorkers(site: Address): Promise<number> {
  return (await call<{ workers: number }>(site, 'GET', '/api/status')).workers
}
