'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'

const PAGES = [
  ['/identify', 'Identify'],
  ['/contribute', 'Contribute'],
  ['/dashboard', 'Dashboard'],
] as const

export function Masthead() {
  const path = usePathname()
  return (
    <header className="masthead">
      <nav aria-label="Site">
        <Link className="brand" href="/">
          Worldflora
        </Link>
        {PAGES.map(([href, name]) => (
          <Link key={href} href={href} prefetch={false} aria-current={path === href ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
    </header>
  )
}
