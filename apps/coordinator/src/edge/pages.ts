/** The pages' export, served as it is: pages are asked for anew each time, what Next has hashed into its name never again. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isRejection, parseOrReject, reject } from '@worldflora/protocol/rejection'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { answerRejection } from './answer.ts'
import { pagePolicy, SCRIPT_POLICY } from './security-headers.ts'

const compress = promisify(gzip)

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}
const COMPRESSED = new Set(['.html', '.js', '.mjs', '.css', '.txt', '.json', '.webmanifest', '.svg', '.wasm'])

const Policies = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.array(v.string())))
const BuildMark = v.pipe(v.string(), v.parseJson(), v.object({ build: v.string() }))

type PageFile = { path: string; type: string; isCompressed: boolean; cache: string; policy: string | null }
type Content = { plain: Buffer; gzipped: Buffer | null; etag: string }

export type Pages = { build: string | null; routes: Hono }

/** `folder` null: there are no pages, and every path says so. */
export async function openPages(folder: string | null): Promise<Pages> {
  const files = folder === null ? new Map<string, PageFile>() : await filesByAddress(folder)
  const contents = new Map<string, Promise<Content>>()
  const routes = new Hono()

  routes.get('*', async (c) => {
    const address = c.req.path.length > 1 ? c.req.path.replace(/\/$/, '') : c.req.path
    const found = files.get(address)
    if (found !== undefined) return send(c, found, 200)
    // A language has its own: /fr/404 for what is not below /fr.
    const missing = files.get(`/${address.split('/', 2)[1]}/404`) ?? files.get('/404')
    if (missing !== undefined) return send(c, missing, 404)
    return answerRejection(
      reject('no-route', `There is nothing at ${c.req.path}.`, folder === null ? NO_PAGES : 'Begin at /.'),
    )
  })

  async function send(c: Context, file: PageFile, status: 200 | 404): Promise<Response> {
    let reading = contents.get(file.path)
    if (reading === undefined) {
      reading = readContent(file)
      contents.set(file.path, reading)
      // A failure (too many open files) is not kept.
      reading.catch(() => contents.delete(file.path))
    }
    const { plain, gzipped, etag } = await reading
    const headers = new Headers({ 'content-type': file.type, 'cache-control': file.cache, etag })
    if (file.policy !== null) headers.set('content-security-policy', file.policy)
    if (file.isCompressed) headers.set('vary', 'accept-encoding')
    if (status === 200 && c.req.header('if-none-match') === etag) {
      return new Response(null, { status: 304, headers })
    }
    const accepts = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
    if (gzipped !== null && accepts) headers.set('content-encoding', 'gzip')
    const body = gzipped !== null && accepts ? gzipped : plain
    return new Response(body as Buffer<ArrayBuffer>, { status, headers })
  }

  return { build: folder === null ? null : await buildOf(folder), routes }
}

const NO_PAGES = 'The pages were not built: run node apps/web/build.mjs, and start with --web apps/web/out.'

async function readContent({ path, isCompressed }: PageFile): Promise<Content> {
  const plain = await readFile(path)
  const etag = `"${createHash('sha256').update(plain).digest('base64url')}"`
  return { plain, gzipped: isCompressed ? await compress(plain) : null, etag }
}

async function filesByAddress(folder: string): Promise<Map<string, PageFile>> {
  const policies = await readJsonFile(join(folder, 'csp.json'), Policies)
  const files = new Map<string, PageFile>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = `/${relative(folder, path).replaceAll('\\', '/')}`
    const extension = extname(name)
    const isPage = extension === '.html'
    const address = isPage ? name.slice(0, -extension.length).replace(/\/index$/, '') || '/' : name
    files.set(address, {
      path,
      type: TYPES[extension] ?? 'application/octet-stream',
      isCompressed: COMPRESSED.has(extension),
      cache: name.startsWith('/_next/static/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      policy: isPage
        ? pagePolicy({ scripts: policies?.[address] ?? [], styles: policies?.styles ?? [] })
        : extension === '.js'
          ? SCRIPT_POLICY
          : null,
    })
  }
  return files
}

async function buildOf(folder: string): Promise<string | null> {
  return (await readJsonFile(join(folder, 'build.json'), BuildMark))?.build ?? null
}

async function readJsonFile<S extends v.GenericSchema>(
  path: string,
  schema: S,
): Promise<v.InferOutput<S> | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  const value = parseOrReject(schema, text, path)
  if (isRejection(value)) throw new Error(value.message)
  return value
}
