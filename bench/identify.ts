/**
 * How long a name takes: in the tab and through the API (Pl@ntNet's v2), beside the bare network's forward pass of one photo in the
 * same run; and the first visit, cold, until a name is shown. The model is a MobileNet with drawn weights: they do not change its pace.
 *
 * `ratioToForward` of a tab is its p50 over the time of one forward pass in Chromium (1: nothing but the network takes time). Of the
 * API it is photos a second over those of bare forward passes in as many threads as have something to do at once.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnCoordinator } from '@worldflora/cli/coordinator-process'
import { ensureWebBuild } from '@worldflora/cli/web-build'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { askApi } from './identify/api-clients.ts'
import { drawPhotos, enlarge } from './identify/photos.ts'
import { openTab } from './identify/tab.ts'
import { accept } from './platform/accept.ts'
import { ensureHerbarium } from './platform/herbarium.ts'
import { type BenchRow, defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'
import { percentile } from './runner/percentile.ts'
import type { OpenHost } from './training/hosts.ts'
import { architectureIn } from './training/networks.ts'
import { openInNode } from './training/node-host.ts'
import { openInTab } from './training/tab-host.ts'

type Timed = { ms: number[]; perSecond: number }

export const bench = defineBench({
  about: 'the time to a name, in the tab and through the API, beside the bare network; and the first visit',
  flags: {
    network: flag.word(
      'NAME:WIDTH:IMAGE_SIZE',
      'mobilenet-v2:1:224',
      'that names the plants',
      architectureIn,
    ),
    species: flag.count(100, 'of the flora'),
    clients: flag.counts([1, 8, 32], 'of the API at once'),
    seconds: flag.seconds(20, 'for each row'),
    visits: flag.count(3, 'of somebody who has nothing of the page yet'),
  },
  async run({ network: architecture, species, clients: crowds, seconds, visits: visitCount }, say) {
    const rows: BenchRow[] = []
    const note = (row: BenchRow) => {
      say(JSON.stringify(row))
      rows.push(row)
    }

    const cores = availableParallelism()
    const order = { architecture, batch: 1, classes: species, backend: 'wasm', software: 'refused' } as const
    const forward = async (open: OpenHost, threads: number) => {
      const stands = await Promise.all(Array.from({ length: threads }, () => open(order)))
      const rates = await Promise.all(stands.map((stand) => stand.measure('forward', seconds / 4)))
      for (const stand of stands) await stand.close()
      return rates.reduce((sum, rate) => sum + rate, 0)
    }

    const data = await mkdtemp(join(tmpdir(), 'worldflora-bench-identify-'))
    const coordinator = await spawnCoordinator({
      data,
      port: 0,
      host: '127.0.0.1',
      web: await ensureWebBuild(),
    })
    try {
      const { client, localUrl: url } = coordinator
      const flora = { name: 'identify', species, mostObservations: 2, fewestObservations: 1, storedSize: 64 }
      await ensureHerbarium(client, flora, say)
      const run = {
        name: 'identify',
        flora: flora.name,
        architecture,
        epochs: 1,
        samplesPerTask: 1,
        tasksPerStep: 1,
      }
      const { id } = accept(
        await client.openRun(v.parse(RunConfig, { ...run, optimizer: { name: 'sgd', learningRate: 0.1 } })),
      )
      accept(await client.publish(id))
      const { key } = accept(await client.makeKey({ name: 'bench', dailyQuota: 1_000_000, origins: [] }))

      const visits: number[] = []
      const usual = await drawPhotos()
      const large = await Promise.all(usual.slice(0, 3).map(enlarge))
      for (const [photo, photos] of Object.entries({ '500 px': usual, '12 Mpx': large })) {
        const isFirst = photos === usual
        const tabForward = await forward(openInTab, 1)
        for (let visit = 0; isFirst && visit < visitCount; visit++) {
          const tab = await openTab(url)
          visits.push(await tab.firstName(photos[0]!))
          await tab.close()
        }
        const tab = await openTab(url)
        await tab.firstName(photos[0]!)
        const inTab = await tab.name(photos, seconds)
        await tab.close()
        note({
          where: 'tab',
          clients: 1,
          photo,
          ...figures(inTab),
          ratioToForward: rounded((percentile(inTab.ms, 0.5) * tabForward) / 1000),
        })
        for (const clients of crowds) {
          if (!isFirst && clients > 1) continue
          const threads = Math.min(clients, cores)
          const bare = await forward(openInNode, threads)
          const timed = await askApi({ url, key, photos, clients, seconds })
          note({
            where: 'api',
            clients,
            photo,
            ...figures(timed),
            ratioToForward: rounded(timed.perSecond / bare),
            threads,
          })
        }
      }
      const cold = { ms: visits, perSecond: 0 }
      note({
        where: 'tab',
        clients: 1,
        photo: '500 px, first visit',
        ...figures(cold),
        perSecond: null,
        ratioToForward: null,
      })
      return { bench: 'identify', rows }
    } finally {
      await coordinator.release()
      await rm(data, { recursive: true, force: true })
    }
  },
})

function figures({ ms, perSecond }: Timed) {
  return {
    p50Ms: rounded(percentile(ms, 0.5)),
    p95Ms: rounded(percentile(ms, 0.95)),
    perSecond: rounded(perSecond),
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
