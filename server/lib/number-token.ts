// A number as a text that nobody can read, make up or alter: the same text each time, without anything being stored.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

const MAC_BYTES = 16
const NUMBER_BYTES = 8

interface Keys {
  hide: Buffer
  prove: Buffer
}

function keysOf(secret: string, purpose: string): Keys {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `number tokens: ${purpose}`, 64))
  return { hide: bytes.subarray(0, 32), prove: bytes.subarray(32) }
}

const macOf = ({ prove }: Keys, number: Buffer): Buffer =>
  createHmac('sha256', prove).update(number).digest().subarray(0, MAC_BYTES)

/** 48 hex digits: mail programs and people leave those as they are. A token of one purpose is worth nothing for another. */
export function numberToken(secret: string, purpose: string, number: number): string {
  const keys = keysOf(secret, purpose)
  const plain = Buffer.alloc(NUMBER_BYTES)
  plain.writeBigUInt64BE(BigInt(number))
  const mac = macOf(keys, plain)
  // The proof is the nonce, too (as in SIV): it is another one for each number, so nothing is encrypted alike.
  const cipher = createCipheriv('aes-256-ctr', keys.hide, mac)
  return Buffer.concat([mac, cipher.update(plain), cipher.final()]).toString('hex')
}

const TOKEN = /^[0-9a-f]{48}$/

/** The number again; undefined if we have not made the token, or not for this. */
export function numberOfToken(secret: string, purpose: string, token: string): number | undefined {
  if (!TOKEN.test(token)) return undefined
  const keys = keysOf(secret, purpose)
  const bytes = Buffer.from(token, 'hex')
  const mac = bytes.subarray(0, MAC_BYTES)
  const cipher = createDecipheriv('aes-256-ctr', keys.hide, mac)
  const plain = Buffer.concat([cipher.update(bytes.subarray(MAC_BYTES)), cipher.final()])
  return timingSafeEqual(macOf(keys, plain), mac) ? Number(plain.readBigUInt64BE()) : undefined
}
