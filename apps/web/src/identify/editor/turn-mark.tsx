/** An arrow that turns. Ornament: words stand beside it. */
export function TurnMark({ way }: { way: 'left' | 'right' }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      transform={way === 'left' ? 'scale(-1 1)' : undefined}
    >
      <path d="M13 8.5a5 5 0 1 1-2-4.5M11.5 1v3.2H8.2" />
    </svg>
  )
}
