/// <reference types="next" />
/** Types of CSS modules and of `process.env`, before the first build has written next-env.d.ts. */
declare namespace NodeJS {
  interface ProcessEnv {
    /** The id of this build of the pages; equal to that of out/build.json. */
    readonly NEXT_PUBLIC_BUILD?: string
  }
}
