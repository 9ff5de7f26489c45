/**
 * Whose address it is that asks (CN7). It is the connection's peer, unless that is a proxy that the operator trusts: such a one appends the
 * address it was asked from to X-Forwarded-For. From the right, the first that is no such proxy is the visitor; what stands before it the
 * visitor may have written. And the scheme that visitors ask by (CN8): the connection's, or what such a proxy says. The host is nobody's to
 * say but `Host`'s: many proxies pass on the X-Forwarded-Host that a visitor wrote.
 */
import { BlockList, isIP, SocketAddress } from 'node:net'
import { type Rejection, reject } from '@worldflora/protocol/rejection'

/** A request, or a socket's handshake. */
type Asking = {
  socket: { remoteAddress?: string | undefined }
  headersDistinct: Readonly<Record<string, string[] | undefined>>
}

export class TrustedProxies {
  readonly #networks: BlockList

  constructor(networks = new BlockList()) {
    this.#networks = networks
  }

  /** '' if the connection is gone. */
  visitorOf({ socket, headersDistinct }: Asking): string {
    const peer = addressIn(socket.remoteAddress ?? '')
    if (peer === null) return ''
    if (!this.#trusts(peer)) return peer
    const forwardedFor = headersDistinct['x-forwarded-for'] ?? []
    for (const text of forwardedFor.join().split(',').reverse()) {
      const address = addressIn(text.trim())
      if (address === null) return peer
      if (!this.#trusts(address)) return address
    }
    return peer
  }

  /** Of the site, as visitors have it. `url`: as asked for over this connection. */
  originOf(url: string, { socket, headersDistinct }: Asking): string {
    const peer = addressIn(socket.remoteAddress ?? '')
    const said = headersDistinct['x-forwarded-proto']?.join().split(',').at(-1)?.trim()
    const origin = new URL(url)
    if (peer !== null && this.#trusts(peer) && (said === 'http' || said === 'https')) origin.protocol = said
    return origin.origin
  }

  #trusts(address: string): boolean {
    return this.#networks.check(address, familyOf(address))
  }
}

/** `texts`: each an address, or a network as in 10.0.0.0/8. */
export function parseProxies(texts: readonly string[]): TrustedProxies | Rejection {
  const networks = new BlockList()
  for (const text of texts) {
    if (!add(text, networks)) {
      return reject(
        'bad-proxy',
        `“${text}” is neither an address nor a network.`,
        'Give --trusted-proxy addresses such as 192.0.2.1 or networks such as 10.0.0.0/8, with commas between.',
      )
    }
  }
  return new TrustedProxies(networks)
}

function add(text: string, networks: BlockList): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  if (isIP(address) === 0 || more.length > 0) return false
  if (prefix === undefined) networks.addAddress(address, familyOf(address))
  else {
    // An empty one would be all addresses there are.
    if (!/^\d{1,3}$/.test(prefix)) return false
    try {
      networks.addSubnet(address, Number(prefix), familyOf(address))
    } catch {
      return false
    }
  }
  return true
}

/** One spelling for each; an IPv4 address is the same in what a socket of IPv6 calls it (::ffff:192.0.2.1). null: it is none. */
function addressIn(text: string): string | null {
  if (isIP(text) === 0) return null
  const { address } = new SocketAddress({ address: text, family: familyOf(text) })
  return address.match(/^::ffff:([\d.]+)$/)?.[1] ?? address
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
