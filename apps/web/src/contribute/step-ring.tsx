'use client'
/** The tasks of the step in flight as a ring of cells, filled as they are accepted. */

const MOST_CELLS = 72
const RADIUS = 44

export function StepRing({ tasks: { accepted, total } }: { tasks: { accepted: number; total: number } }) {
  const cells = Math.min(total, MOST_CELLS)
  if (cells === 0) return null
  const filled = Math.floor((accepted / total) * cells)
  const arc = (2 * Math.PI * RADIUS) / cells
  const gap = cells === 1 ? 0 : Math.min(4, arc / 3)
  return (
    <figure>
      <svg
        viewBox="0 0 120 120"
        width="132"
        height="132"
        role="img"
        aria-label={`${accepted} of ${total} pieces of this step are in`}
      >
        {Array.from({ length: cells }, (_, cell) => (
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place in the ring
            key={cell}
            cx="60"
            cy="60"
            r={RADIUS}
            fill="none"
            stroke={cell < filled ? 'var(--leaf)' : 'var(--hairline)'}
            strokeWidth="12"
            strokeDasharray={`${arc - gap} ${2 * Math.PI * RADIUS}`}
            transform={`rotate(${(360 * cell) / cells - 90} 60 60)`}
          />
        ))}
        <text x="60" y="66" textAnchor="middle" fontSize="18" fill="var(--ink)">
          {accepted}/{total}
        </text>
      </svg>
      <figcaption className="faded">Pieces of this step</figcaption>
    </figure>
  )
}
