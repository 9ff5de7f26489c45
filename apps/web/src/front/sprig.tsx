/** A pressed sprig: one bowed stem with alternate leaves and a bud. Drawn, so that the site needs no picture. */

import styles from './sprig.module.css'

type Leaf = { x: number; y: number; turn: number; size: number }

const LEAVES: readonly Leaf[] = [
  { x: 115.6, y: 372, turn: 58, size: 1.05 },
  { x: 109.4, y: 326, turn: -62, size: 1.12 },
  { x: 105.6, y: 276, turn: 52, size: 1.08 },
  { x: 105.1, y: 230, turn: -56, size: 1 },
  { x: 107.4, y: 184, turn: 46, size: 0.9 },
  { x: 112.4, y: 144, turn: -46, size: 0.76 },
  { x: 120.4, y: 108, turn: 40, size: 0.62 },
]
/** Where side veins leave the midrib, and how far they reach: always inside the leaf. */
const VEINS = [
  { at: -24, reach: 11 },
  { at: -39, reach: 14 },
  { at: -54, reach: 12 },
  { at: -68, reach: 7 },
] as const

export function Sprig({ label }: { label: string }) {
  return (
    <svg viewBox="0 0 240 470" role="img" aria-label={label} className={styles.sprig}>
      <g fill="none" stroke="var(--leaf)" strokeLinecap="round" strokeLinejoin="round">
        <path d="M136 462C118 400 104 320 105 236S118 110 134 66" strokeWidth="2" />
        {LEAVES.map((leaf) => (
          <LeafShape key={leaf.y} {...leaf} />
        ))}
        <path d="M134 66c-7-10-6-24 3-36 8 13 8 27-3 36Z" fill="var(--leaf-wash)" strokeWidth="1.4" />
        <path d="M134 66c2-12 2-22 3-30" strokeWidth="0.8" />
      </g>
    </svg>
  )
}

function LeafShape({ x, y, turn, size }: Leaf) {
  return (
    <g transform={`translate(${x} ${y}) rotate(${turn}) scale(${size})`}>
      <path d="M0 0V-12" strokeWidth="1.4" />
      <path d="M0-12C-24-28-26-66 0-98 26-66 24-28 0-12Z" fill="var(--leaf-wash)" strokeWidth="1.4" />
      <path d="M0-12V-90" strokeWidth="0.9" />
      {VEINS.map(({ at, reach }) => (
        <path
          key={at}
          d={`M0 ${at}q${-reach} -2 ${-reach} -11M0 ${at}q${reach} -2 ${reach} -11`}
          strokeWidth="0.6"
        />
      ))}
    </g>
  )
}
