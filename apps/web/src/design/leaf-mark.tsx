/** The sign of the site. */
export function LeafMark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" fill="none" stroke="var(--leaf)">
      <path d="M11 21V8" strokeWidth="1.4" strokeLinecap="round" />
      <path d="M11 14C5 14 3 9.5 3.5 4 8 4.5 11 8 11 14Z" fill="var(--leaf)" stroke="none" />
      <path d="M11 18c0-4.5 2.5-7 7.5-7.5C19 15 16 18 11 18Z" strokeWidth="1.2" strokeLinejoin="round" />
    </svg>
  )
}
