import { ContributePage } from '../../../contribute/contribute-page.tsx'
import { titleOf } from '../../../languages/document.tsx'

export const generateMetadata = () => titleOf('en', 'contribute')

export default function Page() {
  return <ContributePage language="en" />
}
