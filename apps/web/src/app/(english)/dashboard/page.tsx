import { Dashboard } from '../../../dashboard/dashboard.tsx'
import { PageFrame } from '../../../design/page-frame.tsx'

export const metadata = { title: 'Dashboard' }

export default function Page() {
  return (
    <PageFrame language="en" path="/dashboard">
      <Dashboard />
    </PageFrame>
  )
}
