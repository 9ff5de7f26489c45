/** /contribute in a language. */
import { PageFrame } from '../design/page-frame.tsx'
import type { Language } from '../languages/languages.ts'
import { PageTexts } from '../languages/page-texts.tsx'
import { Contribution } from './contribution.tsx'

export function ContributePage({ language }: { language: Language }) {
  return (
    <PageFrame language={language} path="/contribute">
      <PageTexts language={language} of={['contribute', 'refusals']}>
        <Contribution />
      </PageTexts>
    </PageFrame>
  )
}
