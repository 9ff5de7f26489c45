import { PageFrame } from '../../design/page-frame.tsx'
import { Identification } from '../../identify/identification.tsx'

export const metadata = { title: 'Identify' }

export default function Identify() {
  return (
    <PageFrame path="/identify">
      <Identification />
    </PageFrame>
  )
}
