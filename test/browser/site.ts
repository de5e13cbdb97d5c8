// A web site of somebody else: our test page at an address of its own.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export const pageText = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

export interface Site {
  port: number
  close(): void
}

/** Listens on both names of this machine: for browsers, they are two sites. */
export async function openSite(page: string): Promise<Site> {
  const server = createServer((_request, reply) => {
    reply.setHeader('content-type', 'text/html; charset=utf-8').end(pageText(page))
  })
  await new Promise<void>((resolve) => server.listen(0, () => resolve()))
  // Listening on a port, it has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
