/** The page's other languages as a list of links behind a button. The browser opens and closes it: no script is needed. */
import styles from './language-menu.module.css'
import { entryOf, LANGUAGES, type Language, pathIn, type TranslatedPath } from './languages.ts'

const LIST = 'languages'

export function LanguageMenu({
  language,
  path,
  label,
}: {
  language: Language
  path: TranslatedPath
  label: string
}) {
  return (
    <nav aria-label={label} className={styles.menu}>
      <button type="button" popoverTarget={LIST} className={styles.button}>
        <span className="visually-hidden">{`${label}: `}</span>
        {entryOf(language).name}
        <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true" fill="none" stroke="currentColor">
          <path d="M1 1l4 4 4-4" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      </button>
      <ul id={LIST} popover="auto" className={styles.list}>
        {LANGUAGES.map(({ code, tag, dir, name }) => (
          <li key={code}>
            <a
              href={pathIn(code, path)}
              lang={tag}
              dir={dir}
              hrefLang={tag}
              aria-current={code === language ? 'page' : undefined}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
