import type { ReactNode } from 'react'
import { Document, siteMetadata } from '../../languages/document.tsx'
import { OTHER_LANGUAGES } from '../../languages/languages.ts'
import { type LanguageParams, languageOf } from '../../languages/of-params.ts'

export { viewport } from '../../design/viewport.ts'

export const dynamicParams = false

export const generateStaticParams = () => OTHER_LANGUAGES.map((language) => ({ language }))

export const generateMetadata = async (route: LanguageParams) => siteMetadata(await languageOf(route))

export default async function Layout({ children, ...route }: LanguageParams & { children: ReactNode }) {
  return <Document language={await languageOf(route)}>{children}</Document>
}
