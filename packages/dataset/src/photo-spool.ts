/**
 * Where an import keeps its converted photos until all are known: one temporary file, not one per photo. Splits and
 * shuffling need the whole list of usable photos, and the photos need not fit in memory.
 */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SpoolPlace = { offset: number; bytes: number }

export class PhotoSpool {
  readonly #folder: string
  readonly #file: FileHandle
  #end = 0

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder
    this.#file = file
  }

  static async open(): Promise<PhotoSpool> {
    const folder = await mkdtemp(join(tmpdir(), 'worldflora-import-'))
    return new PhotoSpool(folder, await open(join(folder, 'photos'), 'w+'))
  }

  async append(photo: Uint8Array): Promise<SpoolPlace> {
    const place = { offset: this.#end, bytes: photo.length }
    this.#end += photo.length
    await this.#file.write(photo, 0, photo.length, place.offset)
    return place
  }

  async read({ offset, bytes }: SpoolPlace): Promise<Uint8Array> {
    const photo = new Uint8Array(bytes)
    const { bytesRead } = await this.#file.read(photo, 0, bytes, offset)
    if (bytesRead !== bytes)
      throw new Error('The temporary file of the import was changed while it was in use.')
    return photo
  }

  /** Removes the file. */
  async close(): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
