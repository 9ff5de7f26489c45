import type { ReactNode } from 'react'
import { Document, siteMetadata } from '../../languages/document.tsx'

export { viewport } from '../../design/viewport.ts'

export const generateMetadata = () => siteMetadata('en')

export default function Layout({ children }: { children: ReactNode }) {
  return <Document language="en">{children}</Document>
}
