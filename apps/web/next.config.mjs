/** A static export that the coordinator serves. `build.mjs` gives the build's id and does what comes after the export. */

/** @type {import('next').NextConfig} */
export default {
  output: 'export',
  reactStrictMode: true,
  poweredByHeader: false,
  generateBuildId: () => process.env.NEXT_PUBLIC_BUILD ?? 'development',
  transpilePackages: [
    '@worldflora/protocol',
    '@worldflora/dataset',
    '@worldflora/model',
    '@worldflora/worker',
  ],
  turbopack: {
    root: new URL('../..', import.meta.url).pathname,
    // Texts are compiled while the pages are built (src/languages/texts.ts): no page carries the parser.
    resolveAlias: { 'use-intl/format-message': 'use-intl/format-message/format-only' },
  },
  // English and the other languages have root layouts of their own, for their <html>: what is missing has neither's.
  experimental: { globalNotFound: true },
  // A busy machine may need minutes for what takes seconds.
  staticPageGenerationTimeout: 900,
  // `npm test` checks types; the first `npm start` of a newcomer need not wait for it.
  typescript: { ignoreBuildErrors: true },
}
