/** The build of the pages that this tab runs. */
export const BUILD = process.env.NEXT_PUBLIC_BUILD ?? 'development'
