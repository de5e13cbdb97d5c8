import { expect, test } from 'vitest'
import { ownDate } from './own-date.ts'

const date = (mail: string, fromLine?: string) => {
  const at = ownDate(Buffer.from(mail), fromLine)
  return at === undefined ? undefined : new Date(at).toISOString()
}

test.each(['', '\0', 'Subject: x\n\nDate: Mon, 5 Jan 2004 10:00:00 +0000', 'Date: soon\nReceived: from x; later\n\n'])(
  '%j has no date of its own',
  (mail) => {
    expect(date(mail)).toBeUndefined()
    expect(date(mail, 'a@b.c Thu Jan  1 00:00:00 1970')).toBeUndefined()
  },
)

test('the server that had it last is believed first, then the sender, then the file', () => {
  const received =
    'Received: from a; b (x;y)\r\n\tby c; Mon, 5 Jan 2004 12:00:00 +0200\r\nReceived: by d; Mon, 5 Jan 2004 09:00:00 +0000\r\n'
  const sent = 'Date: Mon, 5 Jan 2004 08:00:00 +0000\r\n'
  const file = 'a@b.c Mon Jan  5 07:00:00 2004'
  expect(date(`${received}${sent}\r\n`, file)).toBe('2004-01-05T10:00:00.000Z')
  expect(date(`Received: from x; never\r\n${sent}\r\n`, file)).toBe('2004-01-05T08:00:00.000Z')
  expect(date('Subject: x\r\n\r\n', file)).toBe('2004-01-05T07:00:00.000Z')
  expect(date('Subject: x\r\n\r\n', '1234@xxx Mon Apr 04 12:00:00 +0000 2022')).toBe('2022-04-04T12:00:00.000Z')
})
