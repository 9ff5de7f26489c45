/** Blobs as files: blobs/ab/abcd... Two letters of fan-out keep folders small; there are no more files than shards and steps. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { Hash } from '@worldflora/protocol/ids'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { ASIDE, syncFolder, writeDurably } from '../durable-file.ts'
import type { BlobStore } from './blob-store.ts'

export function sha256(bytes: Uint8Array): Hash {
  return createHash('sha256').update(bytes).digest('hex') as Hash
}

/** Beside the event loop: a large network's state takes half a second. */
async function hashAside(bytes: Uint8Array): Promise<Hash> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Buffer.from(digest).toString('hex') as Hash
}

/** Thrown inside a write to end it without a file; never leaves this module. */
class Refused extends Error {
  readonly rejection: Rejection
  constructor(rejection: Rejection) {
    super(rejection.message)
    this.rejection = rejection
  }
}

/** Files that a crash left half written are removed at opening. */
export async function openBlobFiles(folder: string): Promise<BlobStore> {
  await mkdir(folder, { recursive: true })
  const pathOf = (hash: Hash) => join(folder, hash.slice(0, 2), hash)
  for (const { path, name } of await filesUnder(folder)) {
    if (name.endsWith(ASIDE)) await rm(path, { force: true })
  }

  async function size(hash: Hash): Promise<number | null> {
    const entry = await stat(pathOf(hash)).catch(nullIfAbsent)
    return entry === null ? null : entry.size
  }

  async function get(hash: Hash): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await readFile(pathOf(hash)).catch(nullIfAbsent)
    if (bytes === null || (await hashAside(bytes)) !== hash) return null
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
  }

  async function makeFolder(hash: Hash): Promise<void> {
    const made = await mkdir(dirname(pathOf(hash)), { recursive: true })
    if (made !== undefined) await syncFolder(folder)
  }

  return {
    size,
    get,
    async put(bytes) {
      const hash = await hashAside(bytes)
      // Of the right length is not enough: a damaged one is mended by being stored again.
      if ((await size(hash)) === bytes.byteLength && (await get(hash)) !== null) {
        // It may have got there by a call that failed at the very last.
        await syncFolder(dirname(pathOf(hash)))
        return hash
      }
      await makeFolder(hash)
      await writeDurably(pathOf(hash), (file) => file.writeFile(bytes))
      return hash
    },
    async putStream(hash, chunks, maxBytes) {
      await makeFolder(hash)
      let bytes = 0
      const digest = createHash('sha256')
      try {
        await writeDurably(pathOf(hash), async (file) => {
          for await (const chunk of orBreakOff(chunks)) {
            bytes += chunk.byteLength
            if (bytes > maxBytes) throw new Refused(tooLarge(maxBytes))
            digest.update(chunk)
            await file.writeFile(chunk)
          }
          if (digest.digest('hex') !== hash) throw new Refused(otherBytes(hash))
        })
      } catch (error) {
        if (error instanceof Refused) return error.rejection
        throw error
      }
      return { bytes }
    },
    read(hash, { start, end }) {
      // A web stream's type in Node and in the DOM differ in name only.
      if (end <= start) return new Blob([]).stream() as ReadableStream<Uint8Array>
      const file = createReadStream(pathOf(hash), { start, end: end - 1 })
      return Readable.toWeb(file) as unknown as ReadableStream<Uint8Array>
    },
    delete: (hash) => rm(pathOf(hash), { force: true }),
    async *list() {
      for (const { name } of await filesUnder(folder)) {
        const hash = v.safeParse(Hash, name)
        if (hash.success) yield hash.output
      }
    },
  }
}

async function filesUnder(folder: string): Promise<{ path: string; name: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ path: join(parentPath, name), name }))
}

/** A sector that cannot be read is as good as none; anything else that fails says nothing about the blob. */
function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'EIO') return null
  throw error
}

/** A stranger's bytes may end early: that is no fault of this disk. */
async function* orBreakOff(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* chunks
  } catch {
    throw new Refused(
      reject('broken-off', 'The bytes ended before they were all here.', 'Send them again from the start.'),
    )
  }
}

function tooLarge(maxBytes: number): Rejection {
  return reject(
    'too-large',
    `A blob may have ${maxBytes} bytes; this one has more.`,
    'Send it in smaller pieces.',
  )
}

function otherBytes(hash: Hash): Rejection {
  return reject('hash-mismatch', `The bytes are not those that ${hash} names.`, 'Send them again.')
}
