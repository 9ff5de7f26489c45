import { FrontPage } from '../../front/front-page.tsx'
import { type LanguageParams, languageOf } from '../../languages/of-params.ts'

export default async function Page(route: LanguageParams) {
  return <FrontPage language={await languageOf(route)} />
}
