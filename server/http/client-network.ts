// The network that a request comes from: what limits count by, where nobody is known yet.
import { isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** Of IPv6, everybody has more addresses than could be counted: the first half of one is what a provider gives to a household. */
export function networkOf({ ip }: Pick<FastifyRequest, 'ip'>): string {
  if (!isIPv6(ip)) return ip
  // Somebody with IPv4, as a server sees him that listens on all addresses.
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(ip)?.[1]
  if (ipv4) return ipv4
  const [head = [], tail = []] = ip
    .replace(/%.*$/, '')
    // An IPv4 address at the end stands for two groups.
    .replace(/\d+\.[\d.]+$/, '0:0')
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  const half = [...head, ...zeros, ...tail].slice(0, 4)
  return `${half.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
