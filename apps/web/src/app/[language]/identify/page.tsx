import { IdentifyPage } from '../../../identify/identify-page.tsx'
import { titleOf } from '../../../languages/document.tsx'
import { type LanguageParams, languageOf } from '../../../languages/of-params.ts'

export const generateMetadata = async (route: LanguageParams) => titleOf(await languageOf(route), 'identify')

export default async function Page(route: LanguageParams) {
  return <IdentifyPage language={await languageOf(route)} />
}
