import { describe, expect, test } from 'vitest'
import { subjectOf } from './answer-subject.ts'

const opened = { subject: 'Printer', code: 'ABC-DEFGH-123', groups_in: 0 }

describe('the subject of an answer', () => {
  test.each([
    ['Printer', 'Re: Printer'],
    ['Re: Printer', 'Re: Printer'],
    ['RE: AW: Re[2]: Printer', 'Re: Printer'],
    ['回复：打印机', 'Re: 打印机'],
    ['Fwd: Printer', 'Re: Fwd: Printer'],
    ['Reply: no prefix', 'Re: Reply: no prefix'],
    ['', 'Re:'],
    ['Printer\r\nBcc: everybody@example.com', 'Re: Printer Bcc: everybody@example.com'],
    ['a\u2028b\u0000c', 'Re: a b c'],
  ])('to %j is %j, so that it stays in the thread', (answered, expected) => {
    expect(subjectOf({ ...opened, groups_in: 1 }, { subject: answered })).toBe(expected)
  })

  test('has the code where the customer has no mail that it could belong to', () => {
    expect(subjectOf(opened, undefined)).toBe('Printer [ABC-DEFGH-123]')
    expect(subjectOf({ ...opened, groups_in: 1 }, undefined)).toBe('Re: Printer [ABC-DEFGH-123]')
    expect(subjectOf({ ...opened, subject: '' }, undefined)).toBe('[ABC-DEFGH-123]')
  })

  test('keeps the code that an earlier mail of ours brought in', () => {
    expect(subjectOf(opened, { subject: 'Printer [ABC-DEFGH-123]' })).toBe('Re: Printer [ABC-DEFGH-123]')
  })

  test('is cut when it is endless, without breaking a character', () => {
    const subject = subjectOf(opened, { subject: `x${'😀'.repeat(1_000)}` })
    expect(subject.length).toBeLessThan(600)
    expect(subject.isWellFormed()).toBe(true)
  })
})
