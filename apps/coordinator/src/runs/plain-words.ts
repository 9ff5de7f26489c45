/**
 * Words that may hold a stranger's (a worker says why it failed): without control characters. Postgres takes no NUL, and a
 * terminal obeys escapes.
 */
export function plainWords(words: string): string {
  return words.replace(/\p{Cc}+/gu, ' ')
}
