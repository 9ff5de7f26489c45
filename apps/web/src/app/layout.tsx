import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { Masthead } from '../site/masthead.tsx'
import './tokens.css'
import './site.css'

export const metadata: Metadata = {
  title: { default: 'Worldflora', template: '%s · Worldflora' },
  description: 'Train a recogniser of the world’s plants together, and name plants with it.',
  icons: { icon: '/icon.svg' },
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1, viewportFit: 'cover' }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Masthead />
        {children}
      </body>
    </html>
  )
}
