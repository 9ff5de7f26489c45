/** What the process is started with. Read once, at start; nothing below looks at argv or the environment. */
import { parseArgs } from 'node:util'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { parseProxies, type TrustedProxies } from './edge/trusted-proxies.ts'

export type Options = {
  data: string
  port: number
  host: string
  /** Folder of the pages' export; without it only the API is served. */
  web: string | null
  tls: { cert: string; key: string } | null
  /** Hosts from which photos may be fetched by their addresses, each as in an address. */
  imageHosts: readonly string[]
  /** Those who may say on whose behalf they ask. */
  trustedProxies: TrustedProxies
}

const DEFAULT_PORT = 8420

export function parseOptions(args: string[]): Options | Rejection {
  let values: { [name: string]: string | undefined }
  try {
    values = parseArgs({
      args,
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        web: { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'image-hosts': { type: 'string' },
        'trusted-proxy': { type: 'string' },
      },
    }).values
  } catch (error) {
    return reject('bad-options', (error as Error).message, 'Give --data DIR --port N --host H [--web DIR].')
  }
  if (values.data === undefined) {
    return reject('no-data-folder', 'No data folder is given.', 'Give one with --data DIR.')
  }
  const port = Number(values.port ?? DEFAULT_PORT)
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    return reject('bad-port', `“${values.port}” is not a port.`, 'Give --port a number from 0 to 65535.')
  }
  const cert = values['tls-cert']
  const key = values['tls-key']
  if ((cert === undefined) !== (key === undefined)) {
    return reject('half-tls', 'https needs both --tls-cert and --tls-key.', 'Give both, or neither.')
  }
  const imageHosts = listed(values['image-hosts'])
  const noHost = imageHosts.find((host) => !isHost(host))
  if (noHost !== undefined) {
    return reject(
      'bad-host',
      `“${noHost}” is not a host.`,
      'Give --image-hosts names such as images.example.org, with commas between.',
    )
  }
  const trustedProxies = parseProxies(listed(values['trusted-proxy']))
  if (isRejection(trustedProxies)) return trustedProxies
  return {
    data: values.data,
    port,
    host: values.host ?? '127.0.0.1',
    web: values.web ?? null,
    tls: cert === undefined || key === undefined ? null : { cert, key },
    imageHosts,
    trustedProxies,
  }
}

function listed(text = ''): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}

/** As an address has it: a name or number, with a port where it is not the usual one. There are no wildcards. */
function isHost(text: string): boolean {
  return !text.includes('*') && URL.canParse(`http://${text}`) && new URL(`http://${text}`).host === text
}
