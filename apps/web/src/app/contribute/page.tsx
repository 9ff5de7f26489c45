import type { Metadata } from 'next'
import { Contribution } from '../../contribute/contribution.tsx'

export const metadata: Metadata = { title: 'Contribute' }

export default function ContributePage() {
  return (
    <main className="page">
      <h1>Give computing time</h1>
      <Contribution />
    </main>
  )
}
