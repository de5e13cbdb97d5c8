import { describe, expect, test } from 'vitest'
import { networkOf } from './client-network.ts'

const of = (ip: string): string => networkOf({ ip })

describe('limits count', () => {
  test('each address of IPv4 for itself, however it is written', () => {
    expect(of('203.0.113.9')).toBe('203.0.113.9')
    expect(of('::ffff:203.0.113.9')).toBe('203.0.113.9')
    expect(of('::FFFF:203.0.113.10')).toBe('203.0.113.10')
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::6', '2001:db8:1:3::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
  ])('an IPv6 network as one: %s', (ip, network) => {
    expect(of(ip)).toBe(network)
  })

  test('what is no address as it is', () => {
    expect(of('')).toBe('')
  })
})
