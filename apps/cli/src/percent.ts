/** A measure as it is printed: "62.4 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
