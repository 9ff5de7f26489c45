import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import '../design/tokens.css'
import '../design/base.css'

export const metadata: Metadata = {
  title: { default: 'Worldflora', template: '%s · Worldflora' },
  description: 'Name a plant from a photo, on your own device, and help train the model that does it.',
  manifest: '/manifest.webmanifest',
  icons: { icon: '/icon.svg' },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f4f1e8' },
    { media: '(prefers-color-scheme: dark)', color: '#141612' },
  ],
}

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" dir="ltr">
      <body>{children}</body>
    </html>
  )
}
