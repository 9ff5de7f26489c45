/** Names of torchvision's state dicts, written down as its modules are nested; by the names of ours. */

const norm = (ours: string, theirs: string): [string, string][] => [
  [`${ours}/scale`, `${theirs}.weight`],
  [`${ours}/offset`, `${theirs}.bias`],
  [`${ours}/mean`, `${theirs}.running_mean`],
  [`${ours}/variance`, `${theirs}.running_var`],
]
const filter = (ours: string, theirs: string): [string, string] => [`${ours}/filter`, `${theirs}.weight`]

export function mobileNetV2Names(): Map<string, string> {
  const names: [string, string][] = [filter('stem', 'features.0.0'), ...norm('stem/norm', 'features.0.1')]
  for (let block = 1; block <= 17; block++) {
    // The first has nothing to expand.
    const parts = block === 1 ? ['depthwise', 'project'] : ['expand', 'depthwise', 'project']
    for (const [index, part] of parts.entries()) {
      const at = `features.${block}.conv.${index}`
      const isLast = part === 'project'
      names.push(filter(`block${block}/${part}`, isLast ? at : `${at}.0`))
      names.push(
        ...norm(`block${block}/${part}-norm`, isLast ? `features.${block}.conv.${index + 1}` : `${at}.1`),
      )
    }
  }
  return new Map([...names, filter('last', 'features.18.0'), ...norm('last/norm', 'features.18.1')])
}

export function resNet50Names(): Map<string, string> {
  const names: [string, string][] = [filter('stem', 'conv1'), ...norm('stem/norm', 'bn1')]
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    for (let block = 0; block < blocks; block++) {
      const [ours, theirs] = [`stage${stage + 1}/block${block + 1}`, `layer${stage + 1}.${block}`]
      for (const n of [1, 2, 3]) {
        names.push(filter(`${ours}/conv${n}`, `${theirs}.conv${n}`))
        names.push(...norm(`${ours}/conv${n}-norm`, `${theirs}.bn${n}`))
      }
      if (block > 0) continue
      names.push(filter(`${ours}/shortcut`, `${theirs}.downsample.0`))
      names.push(...norm(`${ours}/shortcut-norm`, `${theirs}.downsample.1`))
    }
  }
  return new Map(names)
}
