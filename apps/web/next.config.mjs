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
  turbopack: { root: new URL('../..', import.meta.url).pathname },
  // `npm test` checks types; the first `npm start` of a newcomer need not wait for it.
  typescript: { ignoreBuildErrors: true },
}
