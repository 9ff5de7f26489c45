/** A button: `strong` for the one thing a page is for, plain for the others, `grave` for what cannot be undone. */
import type { ButtonHTMLAttributes } from 'react'
import styles from './button.module.css'

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  weight?: 'strong' | 'plain' | 'grave'
  /** Nothing comes of pressing it just now. It keeps the focus, as a disabled one would not. */
  isBusy?: boolean
}

export function Button({ weight = 'plain', type = 'button', isBusy = false, onClick, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault()
        else onClick?.(event)
      }}
      className={`${styles.button} ${styles[weight]}`}
    />
  )
}
