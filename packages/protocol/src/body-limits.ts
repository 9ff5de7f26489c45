/** How large a body may be that is sent to the coordinator. */
export const LIMITS = {
  jsonBytes: 1 << 20,
  evaluateResultBytes: 32 << 20,
  /** A manifest may need it; shards are far smaller. */
  blobBytes: 256 << 20,
} as const
