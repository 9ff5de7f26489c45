/** The site's server answers with this page wherever nothing is below /fr, /ar and so on. */
import { titleOf } from '../../../languages/document.tsx'
import { type LanguageParams, languageOf } from '../../../languages/of-params.ts'
import { MissingPage } from '../../../missing/missing-page.tsx'

export const generateMetadata = async (route: LanguageParams) => ({
  ...(await titleOf(await languageOf(route), 'missing')),
  robots: { index: false },
})

export default async function Page(route: LanguageParams) {
  return <MissingPage language={await languageOf(route)} />
}
