/** A worker's own TCP line to the coordinator, which can be severed (everybody notices) or frozen (nobody is told). */
import { createServer, connect as dial, type Server, type Socket } from 'node:net'

type Call = { client: Socket; upstream: Socket }

export class Line {
  readonly #server: Server
  readonly #port: number
  readonly #calls = new Set<Call>()
  #isFrozen = false
  #hasCarried = false

  private constructor(server: Server, port: number) {
    this.#server = server
    this.#port = port
    server.on('connection', (client) => this.#carry(client))
  }

  /** To the coordinator's port on this machine. */
  static async open(port: number): Promise<Line> {
    const server = createServer({ noDelay: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Line(server, port)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  /** The coordinator has answered over it. */
  get hasCarried(): boolean {
    return this.#hasCarried
  }

  get isConnected(): boolean {
    return this.#calls.size > 0
  }

  /** All connections at once, as when a router starts again; new ones are carried. */
  sever(): void {
    for (const call of this.#calls) hangUp(call)
  }

  /** Nothing passes any more, in either direction, new connections included; none is closed. */
  freeze(): void {
    this.#isFrozen = true
    for (const { client, upstream } of this.#calls) {
      client.pause()
      upstream.pause()
    }
  }

  thaw(): void {
    this.#isFrozen = false
    for (const { client, upstream } of this.#calls) {
      client.resume()
      upstream.resume()
    }
  }

  close(): void {
    this.#server.close()
    this.sever()
  }

  #carry(client: Socket): void {
    const upstream = dial({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const call = { client, upstream }
    this.#calls.add(call)
    this.#forward(client, upstream)
    this.#forward(upstream, client)
    upstream.once('data', () => {
      this.#hasCarried = true
    })
    for (const end of [client, upstream]) {
      end.on('error', () => hangUp(call))
      end.on('close', () => {
        hangUp(call)
        this.#calls.delete(call)
      })
    }
    if (!this.#isFrozen) return
    client.pause()
    upstream.pause()
  }

  #forward(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (!to.write(bytes)) from.pause()
    })
    to.on('drain', () => {
      if (!this.#isFrozen) from.resume()
    })
    from.on('end', () => to.end())
  }
}

function hangUp({ client, upstream }: Call): void {
  client.destroy()
  upstream.destroy()
}
