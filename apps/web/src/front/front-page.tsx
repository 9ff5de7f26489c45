/** The front page: what this is, three ways in, and a label with what is going on now. */
import { PageFrame } from '../design/page-frame.tsx'
import styles from './front-page.module.css'
import { Label } from './label.tsx'
import { Sprig } from './sprig.tsx'

const WAYS = [
  {
    path: '/identify',
    name: 'Name a plant',
    words: 'Show it one to five photos. The answer is computed on your device; nothing is sent.',
  },
  {
    path: '/contribute',
    name: 'Lend your machine',
    words: 'Open a page, press start, and your browser helps to train the model. Stop whenever you like.',
  },
  {
    path: '/dashboard',
    name: 'Watch the training',
    words: 'For operators: runs, accuracy, workers, and the means to steer them.',
  },
] as const

export function FrontPage() {
  return (
    <PageFrame path="/">
      <div className={styles.sheet}>
        <div className={styles.words}>
          <h1 className={styles.title}>A flora, learned together</h1>
          <p className={styles.lead}>
            Worldflora trains a plant recogniser on the machines of volunteers. They come and go; the result
            is, bit for bit, what one large machine would have computed. Then anybody can name a plant with
            it.
          </p>
          <ul className={styles.ways}>
            {WAYS.map(({ path, name, words }) => (
              <li key={path}>
                <a href={path} className={styles.way}>
                  <span className={styles.wayName}>{name}</span>
                  <span className={styles.wayWords}>{words}</span>
                </a>
              </li>
            ))}
          </ul>
        </div>
        <div className={styles.specimen}>
          <Sprig />
          <Label />
        </div>
      </div>
    </PageFrame>
  )
}
