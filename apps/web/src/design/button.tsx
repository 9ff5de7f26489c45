/** A button: `strong` for the one thing a page is for, plain for the others, `grave` for what cannot be undone. */
import type { ButtonHTMLAttributes } from 'react'
import styles from './button.module.css'

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { weight?: 'strong' | 'plain' | 'grave' }

export function Button({ weight = 'plain', type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={`${styles.button} ${styles[weight]}`} />
}
