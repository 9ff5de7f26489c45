import type { Metadata } from 'next'
import { Identification } from '../../identify/identification.tsx'

export const metadata: Metadata = { title: 'Identify a plant' }

export default function IdentifyPage() {
  return (
    <main className="page">
      <h1>Which plant is this?</h1>
      <Identification />
    </main>
  )
}
