/** The button that opens the camera on the page, where the device has no camera app of its own. */
'use client'

import { useState } from 'react'
import { CameraDialog } from './camera-dialog.tsx'

export function TakePhoto({
  className,
  onFiles,
  children,
}: {
  className: string
  onFiles: (files: File[]) => void
  children: string
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={className} onClick={() => setOpen(true)}>
        {children}
      </button>
      {isOpen ? <CameraDialog onFiles={onFiles} onLeave={() => setOpen(false)} /> : null}
    </>
  )
}
