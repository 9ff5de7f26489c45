import { ContributePage } from '../../../contribute/contribute-page.tsx'
import { titleOf } from '../../../languages/document.tsx'
import { type LanguageParams, languageOf } from '../../../languages/of-params.ts'

export const generateMetadata = async (route: LanguageParams) =>
  titleOf(await languageOf(route), 'contribute')

export default async function Page(route: LanguageParams) {
  return <ContributePage language={await languageOf(route)} />
}
