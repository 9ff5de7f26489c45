'use client'
/** Some photos of the task at hand. They are training photos that the coordinator sent, nobody's private ones. */
import { useEffect, useState } from 'react'
import styles from './contribution.module.css'

export function TaskPhotos({ photos }: { photos: readonly Uint8Array[] }) {
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
  return (
    <div className={styles.photos}>
      {urls.map((url) => (
        // biome-ignore lint/performance/noImgElement: a blob of this tab, nothing for an image server
        <img key={url} src={url} alt="" width="72" height="72" />
      ))}
    </div>
  )
}
