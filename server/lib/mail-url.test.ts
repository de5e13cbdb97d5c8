import { expect, test } from 'vitest'
import { parseMailUrl } from './mail-url.ts'

test.each([
  '',
  'mail.example.com',
  'https://mail.example.com',
  'smtp://mail.example.com',
  'imaps://',
  'imaps://mail.example.com/INBOX',
  'imaps://mail.example.com?starttls',
  'imap://mail.example.com?tls=maybe',
  'imap://mail.example.com:99999',
  'imap://a%ZZ@mail.example.com',
  'imap://mail example.com',
])('%j is not an address of an IMAP server', (text) => {
  expect(parseMailUrl('imap', text)).toBeUndefined()
})

test('an address names host, port, security, user and password', () => {
  expect(parseMailUrl('imap', 'imaps://desk%40example.com:p%3Aa%2Fss@mail.example.com:1993')).toEqual({
    host: 'mail.example.com',
    port: 1993,
    security: 'tls',
    user: 'desk@example.com',
    password: 'p:a/ss',
  })
  expect(parseMailUrl('smtp', 'SMTP://mail.example.com?starttls')).toEqual({
    host: 'mail.example.com',
    port: undefined,
    security: 'starttls',
    user: '',
    password: undefined,
  })
  expect(parseMailUrl('smtp', 'smtp://[::1]:21')).toMatchObject({ host: '::1', port: 21, security: 'none' })
})
