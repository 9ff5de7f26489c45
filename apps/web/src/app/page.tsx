import Link from 'next/link'
import styles from './front.module.css'

export default function FrontPage() {
  return (
    <main className="page">
      <h1>Name the world’s plants, together</h1>
      <p>
        Plant recognisers learn from millions of photos, and that takes many machines. Here everybody’s
        browser is one: open a page, and yours helps to train. What comes out names plants on your own device.
      </p>
      <ul className={styles.ways}>
        <li>
          <Link href="/identify" prefetch={false}>
            Identify a plant
          </Link>
          <span>Take or drop a photo. It stays on your device.</span>
        </li>
        <li>
          <Link href="/contribute" prefetch={false}>
            Give computing time
          </Link>
          <span>One button. Stop whenever you like; nothing is lost.</span>
        </li>
        <li>
          <Link href="/dashboard" prefetch={false}>
            Run the training
          </Link>
          <span>For operators: curves, workers, and the model that is published.</span>
        </li>
      </ul>
    </main>
  )
}
