import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Envelope } from '../intake/keep-raw.ts'
import { readMail } from '../reading/read-mail.ts'
import { authenticate, type Resolve, systemResolver } from './authenticate.ts'

const MAIL = [
  'From: Ada <ada@desk.test>',
  'To: support@desk.test',
  'Subject: Hello',
  'Date: Fri, 20 Nov 2026 10:00:00 +0000',
  'Message-ID: <one@desk.test>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain',
  '',
  'Hello.',
  '',
].join('\r\n')

const names = new Map<string, string[][]>()
const answers: Resolve = (name, type) => {
  const found = type === 'TXT' ? names.get(name) : undefined
  return found
    ? Promise.resolve(found)
    : Promise.reject(Object.assign(new Error(`${name} not found`), { code: 'ENOTFOUND' }))
}
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

async function signed(mail: string, domain: string, maxBodyLength?: number): Promise<string> {
  const one = { signingDomain: domain, selector: 's1', privateKey, ...(maxBodyLength && { maxBodyLength }) }
  const { signatures } = await dkimSign(mail, { ...one, signatureData: [one] })
  return signatures + mail
}

const ask = async (
  mail: string,
  envelope: Envelope = {},
  over: { resolve?: Resolve; trusted?: string; timeoutMs?: number } = {},
) => {
  const contents = Buffer.from(mail)
  return authenticate(contents, await readMail(contents), envelope, {
    resolve: over.resolve ?? answers,
    timeoutMs: over.timeoutMs ?? 10_000,
    trustedServer: over.trusted ?? '',
  })
}
const from = (address: string, client = '203.0.113.7'): Envelope => ({
  from: address,
  client: { address: client, name: 'mx.test' },
})

beforeAll(() => {
  const key = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`
  for (const domain of ['desk.test', 'evil.test']) names.set(`s1._domainkey.${domain}`, [[key]])
  names.set('desk.test', [['v=spf1 ip4:203.0.113.7 -all']])
  names.set('evil.test', [['v=spf1 ip4:203.0.113.66 -all']])
  names.set('_dmarc.desk.test', [['v=DMARC1; p=reject']])
})

describe('a mail is not proven', () => {
  test('without signature and sending server: nobody is asked', async () => {
    const nobody: Resolve = () => Promise.reject(new Error('must not be asked'))
    expect((await ask(MAIL, {}, { resolve: nobody })).result).toBe('none')
    expect((await ask(MAIL, from('ada@desk.test', '127.0.0.1'), { resolve: nobody })).result).toBe('none')
  })

  test('by the signature of another domain', async () => {
    expect((await ask(await signed(MAIL, 'evil.test'))).result).toBe('none')
  })

  test('by a server of another domain; its own domain says that it is forged', async () => {
    const verdict = await ask(MAIL, from('eve@evil.test', '203.0.113.66'))
    expect(verdict).toMatchObject({ result: 'fail', spf: 'pass', dmarc: 'fail' })
    expect((await ask(await signed(MAIL, 'evil.test'), from('eve@evil.test', '203.0.113.66'))).result).toBe('fail')
  })

  test('when something was changed', async () => {
    const mail = await signed(MAIL, 'desk.test')
    expect((await ask(mail.replace('Hello.', 'Pay me.'))).result).not.toBe('pass')
    expect((await ask(mail.replace('Ada <ada@', 'Ada <eve@'))).result).not.toBe('pass')
  })

  test('when a second From stands in it', async () => {
    const mail = await signed(MAIL, 'desk.test')
    expect((await ask(`From: eve@evil.test\r\n${mail}`)).result).not.toBe('pass')
    expect((await ask(mail.replace('\r\nTo:', '\r\nFrom: eve@evil.test\r\nTo:'))).result).not.toBe('pass')
    const two = MAIL.replace('Ada <ada@desk.test>', 'eve@evil.test, ada@desk.test')
    expect((await ask(await signed(two, 'desk.test'))).result).not.toBe('pass')
  })

  test('when only the first bytes of its body are signed', async () => {
    const mail = await signed(MAIL, 'desk.test', 3)
    expect(mail).toContain('l=3')
    expect((await ask(`${mail}And pay me.\r\n`)).result).not.toBe('pass')
  })

  test('when the name server is silent, slow, or answers nonsense', async () => {
    const mail = await signed(MAIL, 'desk.test')
    const silent: Resolve = () => Promise.reject(Object.assign(new Error('timeout'), { code: 'ETIMEOUT' }))
    expect((await ask(mail, {}, { resolve: silent })).result).toBe('unknown')
    const never: Resolve = () => new Promise(() => {})
    expect(await ask(mail, {}, { resolve: never, timeoutMs: 50 })).toMatchObject({ result: 'unknown' })
    for (const nonsense of [[], [['']], [['v=DKIM1; p=AAAA']], [['p=\0']], 'text', null, 7])
      expect((await ask(mail, {}, { resolve: () => Promise.resolve(nonsense) })).result).not.toBe('pass')
  })

  test('whatever the signature says', async () => {
    for (const value of [
      '',
      'v=1',
      'v=1; a=rsa-sha256; d=desk.test; s=../..; h=from; bh=x; b=y',
      'x'.repeat(100_000),
      '\xff;=;=',
    ]) {
      const verdict = await ask(`DKIM-Signature: ${value}\r\n${MAIL}`)
      expect(verdict.result).not.toBe('pass')
    }
    const many = 'DKIM-Signature: v=1; d=desk.test\r\n'.repeat(500)
    expect((await ask(many + (await signed(MAIL, 'desk.test')))).result).toBe('none')
  })
})

describe('a mail is proven', () => {
  test('by the signature of the domain in From', async () => {
    expect(await ask(await signed(MAIL, 'desk.test'))).toMatchObject({
      result: 'pass',
      dkim: [{ domain: 'desk.test', result: 'pass' }],
      by: null,
    })
  })

  test('by a server of the domain in From', async () => {
    expect(await ask(MAIL, from('ada@desk.test'))).toMatchObject({ result: 'pass', spf: 'pass', dmarc: 'pass' })
  })
})

describe("another server's word", () => {
  test('counts only if it is the one that was named, and stands on top', async () => {
    const says = (server: string): string => `Authentication-Results: ${server}; dmarc=pass header.from=desk.test\r\n`
    expect((await ask(says('mx.desk.test') + MAIL)).result).toBe('none')
    expect(
      (await ask(says('mx.evil.test') + says('mx.desk.test') + MAIL, {}, { trusted: 'mx.desk.test' })).result,
    ).toBe('none')
    expect(await ask(says('mx.desk.test') + MAIL, {}, { trusted: 'mx.desk.test' })).toMatchObject({
      result: 'pass',
      by: 'mx.desk.test',
    })
  })
})

describe('the name server', () => {
  test('is spared for a while after it was silent three times', async () => {
    let now = 0
    const resolve = systemResolver(() => now, ['127.0.0.1:9'])
    for (let n = 0; n < 3; n++) await expect(resolve(`n${n}.test`, 'TXT')).rejects.toThrow()
    await expect(resolve('n4.test', 'TXT')).rejects.toThrow('does not answer')
    now = 61_000
    await expect(resolve('n5.test', 'TXT')).rejects.not.toThrow('does not answer')
  })
})
