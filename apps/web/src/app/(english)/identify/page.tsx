import { IdentifyPage } from '../../../identify/identify-page.tsx'
import { titleOf } from '../../../languages/document.tsx'

export const generateMetadata = () => titleOf('en', 'identify')

export default function Page() {
  return <IdentifyPage language="en" />
}
