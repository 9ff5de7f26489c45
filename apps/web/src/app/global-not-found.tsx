import { Document, siteMetadata, titleOf } from '../languages/document.tsx'
import { MissingPage } from '../missing/missing-page.tsx'

export { viewport } from '../design/viewport.ts'

export const generateMetadata = async () => ({
  ...(await siteMetadata('en')),
  ...(await titleOf('en', 'missing')),
})

export default function NotFound() {
  return (
    <Document language="en">
      <MissingPage language="en" />
    </Document>
  )
}
