/** GET /v2/identify: photos by their addresses, fetched from a real host over loopback. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isRejection } from '@worldflora/protocol/rejection'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { systemAdapters } from '../../../src/adapters.ts'
import { startPhotoReaders } from '../../../src/identify/photo-readers.pool.ts'
import { parseOptions } from '../../../src/options.ts'
import { bringPhotos, formOf, jpeg, makeKey, publish, v2 } from '../../identify/fixture.ts'
import { startSite } from '../../running-site.ts'

const readers = startPhotoReaders(1)
afterAll(() => readers.close())

/** A host with one photo, and worse. */
async function openHost(answers: Record<string, (response: ServerResponse) => unknown>) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const answer = answers[request.url!]
    if (answer === undefined) response.writeHead(404).end()
    else void answer(response)
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function startNaming(imageHosts: readonly string[]) {
  const adapters = { ...systemAdapters(), photoReaders: () => ({ ...readers, close: async () => {} }) }
  const site = await startSite({ imageHosts }, adapters)
  await bringPhotos(site)
  await publish(site)
  const api = v2(site, (await makeKey(site)).key)
  const ask = (addresses: readonly string[], more = '') => {
    const images = addresses.map((address) => `images=${encodeURIComponent(address)}`).join('&')
    return api.get(`/identify/all?no-reject=true&${images}${more}`)
  }
  return { api, ask }
}

describe('PN9: photos by their addresses', () => {
  it('are named as if they had been sent, from a host that the operator has named', async () => {
    const photo = await jpeg(1)
    const { host } = await openHost({ '/leaf.jpg': (response) => response.end(photo) })
    const { api, ask } = await startNaming([host])
    const response = await ask(
      [`http://${host}/leaf.jpg`, `http://${host}/leaf.jpg`],
      '&organs=leaf&organs=flower',
    )
    expect(response.status).toBe(200)
    const byAddress = (await response.json()) as { query: { organs: string[] }; results: unknown }
    const form = formOf([{ bytes: photo }, { bytes: photo }], ['leaf', 'flower'])
    const sent = (await (await api.identify(form, '/identify/all?no-reject=true')).json()) as {
      results: unknown
    }
    expect(byAddress.results).toEqual(sent.results)
    expect(byAddress.query.organs).toEqual(['leaf', 'flower'])
  })

  it('PN4: others are not gone to, and whatever a host answers comes to an error that says so', async () => {
    const photo = await jpeg(1)
    const elsewhere = await openHost({ '/leaf.jpg': (response) => response.end(photo) })
    const { host } = await openHost({
      '/leaf.jpg': (response) => response.end(photo),
      '/moved.jpg': (response) =>
        response.writeHead(302, { location: `http://${elsewhere.host}/leaf.jpg` }).end(),
      '/page': (response) => response.end('<html>'),
      '/broken.jpg': (response) => {
        response.writeHead(200, { 'content-length': photo.length })
        response.write(photo.subarray(0, 100), () => response.destroy())
      },
      '/endless.jpg': (response) => {
        const more = () => {
          while (response.write(new Uint8Array(1 << 20))) if (response.destroyed) return
          response.once('drain', more)
        }
        more()
      },
    })
    const { api, ask } = await startNaming([host])
    const statusOf = async (addresses: string[], words: string) => {
      const response = await ask(addresses)
      expect(((await response.json()) as { message: string }).message).toContain(words)
      return response.status
    }
    expect(await statusOf([], 'no image')).toBe(400)
    expect(await statusOf(Array(6).fill(`http://${host}/leaf.jpg`), '6 images')).toBe(400)
    expect(await statusOf(['leaf.jpg'], 'https://')).toBe(400)
    expect(await statusOf(['file:///etc/passwd'], 'https://')).toBe(400)
    expect(await statusOf([`http://me:secret@${host}/leaf.jpg`], 'without a name or password')).toBe(400)
    expect(await statusOf([`http://${elsewhere.host}/leaf.jpg`], elsewhere.host)).toBe(403)
    expect(await statusOf([`http://${host}/leaf.jpg`, 'http://localhost/'], 'localhost')).toBe(403)
    expect(await statusOf([`http://${host}/none.jpg`], 'answered 404')).toBe(400)
    expect(await statusOf([`http://${host}/moved.jpg`], 'answered 302')).toBe(400)
    expect(await statusOf([`http://${host}/page`], 'Unsupported file type')).toBe(415)
    expect(await statusOf([`http://${host}/broken.jpg`], 'cannot be reached')).toBe(400)
    expect(await statusOf([`http://${host}/endless.jpg`], '52428800 bytes')).toBe(413)
    expect((await ask([`http://${host}/leaf.jpg`], '&organs=leaf,leaf')).status).toBe(400)
    expect(elsewhere.asked).toEqual([])
    // What was not fetched did not count; what was, did, whatever came of it.
    expect(await (await api.get('/quota/daily')).json()).toMatchObject({ quota: { identify: { count: 5 } } })
    expect((await ask([`http://${host}/leaf.jpg`])).status).toBe(200)
  })

  it('are refused where the operator has named no host; what is no host is said at the start', async () => {
    const { ask } = await startNaming([])
    const response = await ask(['https://images.example/leaf.jpg'])
    expect(response.status).toBe(403)
    const options = (hosts: string) => parseOptions(['--data', 'somewhere', '--image-hosts', hosts])
    expect(options('images.example, 127.0.0.1:8080')).toMatchObject({
      imageHosts: ['images.example', '127.0.0.1:8080'],
    })
    for (const wrong of ['https://images.example', 'a b', 'images.example/photos', '*']) {
      const outcome = options(wrong)
      expect(isRejection(outcome) && outcome.message).toContain(wrong)
    }
  })
})
