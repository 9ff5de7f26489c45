/** Fields of RUN.json that are to be others, as JSON; says so where the text is none. */
'use client'

import { useId } from 'react'
import styles from './ask-dialog.module.css'
import { changesIn } from './kept-words.ts'

export function ChangesField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const helpId = useId()
  const isWrong = changesIn(text) === null
  return (
    <div>
      <label>
        Changes from there, as JSON (may stay empty)
        <textarea
          value={text}
          spellCheck={false}
          placeholder={'{"optimizer": {"learningRate": 0.01}}'}
          aria-describedby={helpId}
          aria-invalid={isWrong}
          onChange={(event) => onText(event.target.value)}
        />
      </label>
      <p id={helpId} className={isWrong ? styles.fault : styles.help}>
        {isWrong
          ? 'This is not a JSON object.'
          : 'Fields of RUN.json; flora, architecture and initialWeights stay. A list such as phases is given whole.'}
      </p>
    </div>
  )
}
