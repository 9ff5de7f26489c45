/** Some of the photos that the machine looks at now. They are ornament: what is done with them stands beside. */
'use client'

import { useEffect, useState } from 'react'
import styles from './task-photos.module.css'

/** `photos`: null without a task. While a task's own are on their way (none yet), those of the task before stay. */
export function TaskPhotos({ photos }: { photos: readonly Uint8Array[] | null }) {
  const [shown, setShown] = useState(NONE)
  useEffect(() => {
    if (photos === null) setShown(NONE)
    else if (photos.length > 0) setShown(photos)
  }, [photos])
  const urls = useObjectUrls(shown)
  return (
    <ul className={styles.photos} aria-hidden="true">
      {urls.map((url) => (
        <li key={url}>
          {/* biome-ignore lint/performance/noImgElement: an object URL, which no image service could serve */}
          <img src={url} alt="" width="72" height="72" />
        </li>
      ))}
    </ul>
  )
}

const NONE: readonly Uint8Array[] = []

function useObjectUrls(photos: readonly Uint8Array[]): string[] {
  const [urls, setUrls] = useState<string[]>([])
  useEffect(() => {
    const made = photos.map((photo) =>
      URL.createObjectURL(new Blob([photo as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' })),
    )
    setUrls(made)
    return () => {
      for (const url of made) URL.revokeObjectURL(url)
    }
  }, [photos])
  return urls
}
