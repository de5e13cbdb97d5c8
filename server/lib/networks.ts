// Which addresses are on the public internet, and which lead into somebody's own network.
import { BlockList, isIP, isIPv6 } from 'node:net'

// IANA's special-purpose registries (RFC 6890 and what was added since), without the few entries that are public.
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, reserved, broadcast.
  '224.0.0.0/3',
  // Looks public and is not: the host agent that answers every machine on Azure.
  '168.63.129.16/32',
]

// Outside of 2000::/3 nothing is public: loopback, mapped and NAT64 forms of IPv4, unique local, link-local, multicast.
const PUBLIC_IPV6 = ['2000::/3']
// Inside of it: Teredo and other protocol blocks, documentation, 6to4. Those that carry an IPv4 address could carry any.
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address; undefined if it is none of them. */
export function parseNetwork(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined
  const bits = version === 4 ? 32 : 128
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return undefined
  return { address, prefix: length === undefined ? bits : Number(length), family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** Throws on what is not a network: whoever reads settings checks them with parseNetwork. */
export function networks(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const network = parseNetwork(text)
    if (!network) throw new Error(`'${text}' is not a network such as 10.0.0.0/8`)
    list.addSubnet(network.address, network.prefix, network.family)
  }
  return list
}

const special = networks([...SPECIAL_IPV4, ...SPECIAL_IPV6])
const publicIpv6 = networks(PUBLIC_IPV6)

/** Whether an IP address is a public one, for sure. */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%') || isIP(address) === 0) return false
  if (isIPv6(address)) return publicIpv6.check(address, 'ipv6') && !special.check(address, 'ipv6')
  return !special.check(address, 'ipv4')
}
