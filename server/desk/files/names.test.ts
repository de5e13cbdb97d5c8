import { describe, expect, test } from 'vitest'
import { cleanFileName, cleanFileType } from './names.ts'

describe('names of files', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\eve\\report.pdf', 'report.pdf'],
    ['..', 'file'],
    ['', 'file'],
    ['a/..', 'file'],
    ['a/', 'file'],
    ['\r\nSet-Cookie: x.txt', 'Set-Cookie: x.txt'],
    ['nul\0.txt', 'nul.txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['  spaced .txt ', 'spaced .txt'],
    ['日本語.txt', '日本語.txt'],
    ['.htaccess', '.htaccess'],
  ])('%j becomes %j', (given, expected) => expect(cleanFileName(given)).toBe(expected))

  test('a long name keeps its ending and no half characters', () => {
    const name = cleanFileName(`${'😀'.repeat(200)}.docx`)
    expect(name.length).toBeLessThanOrEqual(255)
    expect(name.endsWith('😀.docx')).toBe(true)
    expect(name.isWellFormed()).toBe(true)
  })

  test('half of a surrogate pair is replaced', () => expect(cleanFileName('a\ud800b').isWellFormed()).toBe(true))
})

describe('types of files', () => {
  test.each(['', 'image', 'image/', '/png', 'image/png\r\nX: y', 'image png', 'a/b/c', `image/${'x'.repeat(200)}`])(
    '%j is none',
    (type) => expect(cleanFileType(type)).toBeUndefined(),
  )
  test('parameters are dropped and case is folded', () =>
    expect(cleanFileType('Text/HTML; charset=UTF-8')).toBe('text/html'))
})
