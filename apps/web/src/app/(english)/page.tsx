import { FrontPage } from '../../front/front-page.tsx'

export default function Page() {
  return <FrontPage language="en" />
}
