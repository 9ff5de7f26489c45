import { Contribution } from '../../contribute/contribution.tsx'
import { PageFrame } from '../../design/page-frame.tsx'

export const metadata = { title: 'Contribute' }

export default function Contribute() {
  return (
    <PageFrame path="/contribute">
      <Contribution />
    </PageFrame>
  )
}
