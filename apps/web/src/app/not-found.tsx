import { PageFrame } from '../design/page-frame.tsx'

export const metadata = { title: 'Not here' }

export default function NotFound() {
  return (
    <PageFrame path={null}>
      <h1>There is nothing at this address</h1>
      <p>
        The pages are <a href="/identify">identify</a>, <a href="/contribute">contribute</a> and{' '}
        <a href="/dashboard">dashboard</a>.
      </p>
    </PageFrame>
  )
}
