/** A kept photo as a picture; a blank where there is none. */
'use client'

import { useEffect, useState } from 'react'

export function Thumbnail({ jpeg, alt }: { jpeg: Uint8Array<ArrayBuffer> | null; alt: string }) {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (jpeg === null) return
    const own = URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' }))
    setUrl(own)
    return () => {
      setUrl(null)
      URL.revokeObjectURL(own)
    }
  }, [jpeg])
  if (url === null) return null
  // biome-ignore lint/performance/noImgElement: an object URL, which no image service could serve
  return <img src={url} alt={alt} />
}
