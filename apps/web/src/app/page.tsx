import { FrontPage } from '../front/front-page.tsx'

export default FrontPage
