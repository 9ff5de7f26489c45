/** What every page has around it: the name, the ways, the main part, the foot. */
import type { ReactNode } from 'react'
import { LeafMark } from './leaf-mark.tsx'
import styles from './page-frame.module.css'

const WAYS = [
  { path: '/identify', name: 'Identify' },
  { path: '/contribute', name: 'Contribute' },
  { path: '/dashboard', name: 'Dashboard' },
] as const

export type PagePath = '/' | (typeof WAYS)[number]['path']

/** Links load pages anew on purpose: each page has a policy of its own, and works from the cache offline. */
export function PageFrame({ path, children }: { path: PagePath | null; children: ReactNode }) {
  return (
    <div className={`${styles.frame} ${path === '/dashboard' ? styles.wide : ''}`}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <header className={styles.head}>
        <a className={styles.name} href="/" aria-current={path === '/' ? 'page' : undefined}>
          <LeafMark />
          Worldflora
        </a>
        <nav aria-label="Pages" className={styles.ways}>
          {WAYS.map((way) => (
            <a key={way.path} href={way.path} aria-current={path === way.path ? 'page' : undefined}>
              {way.name}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.foot}>
        <p>Photos you identify stay on your device.</p>
        <p>Worldflora is free software under the Apache licence 2.0.</p>
      </footer>
    </div>
  )
}
