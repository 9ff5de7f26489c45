/** /identify in a language. */
import { PageFrame } from '../design/page-frame.tsx'
import type { Language } from '../languages/languages.ts'
import { PageTexts } from '../languages/page-texts.tsx'
import { Identification } from './identification.tsx'

export function IdentifyPage({ language }: { language: Language }) {
  return (
    <PageFrame language={language} path="/identify">
      <PageTexts
        language={language}
        of={[
          'identify',
          'species',
          'narrowing',
          'history',
          'feedback',
          'camera',
          'photoEditor',
          'modelUpdate',
          'refusals',
        ]}
      >
        <Identification />
      </PageTexts>
    </PageFrame>
  )
}
