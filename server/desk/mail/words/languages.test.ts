import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk } from '../../../../test/desk.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { languageKeys, languagesOf, readLanguages, wordsFor } from './languages.ts'
import { wordsSchema } from './words.ts'

const folder = mkdtempSync(join(tmpdir(), 'deskhand-words-'))
const write = (file: string, contents: unknown): void =>
  writeFileSync(join(folder, 'mail-words', file), typeof contents === 'string' ? contents : JSON.stringify(contents))

beforeEach(() => {
  rmSync(join(folder, 'mail-words'), { recursive: true, force: true })
  mkdirSync(join(folder, 'mail-words'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const french = { ...en, language: 'fr', greeting: { named: 'Bonjour {$name},', nameless: 'Bonjour,' } }

describe('a file of words is refused', () => {
  test.each([
    ['that is not JSON', '{', /mail-words\/fr\.json is not JSON/],
    ['without a mail', { ...french, mails: { ...en.mails, password: undefined } }, /mails\.password/],
    ['with an unknown key', { ...french, mial: {} }, /mial/],
    [
      'with an unknown variable',
      { ...french, mails: { ...en.mails, test: { subject: 'x', html: '{$link}' } } },
      /mails\.test\.html: names \{\$link\}/,
    ],
    [
      'with an empty subject',
      { ...french, mails: { ...en.mails, test: { subject: '', html: 'x' } } },
      /mails\.test\.subject/,
    ],
    ['of no language', { ...french, language: '../x' }, /language/],
  ])('%s', async (_what, contents, reason) => {
    write('fr.json', contents)
    await expect(readLanguages(folder)).rejects.toThrow(reason)
  })
})

test('a wrong file stops the start with a sentence', async () => {
  const desk = await newDesk()
  mkdirSync(join(desk.dataFolder, 'mail-words'))
  writeFileSync(join(desk.dataFolder, 'mail-words', 'fr.json'), '{}')
  await expect(readLanguages(desk.dataFolder)).rejects.toThrow(/fr\.json cannot be used for mails: language: /)
  await desk.close()
})

test('further languages are read, those of the program can be replaced, and other files are left alone', async () => {
  write('fr.json', french)
  write('de.json', { ...de, somebody: 'Jemand' })
  write('README.txt', 'nothing')
  const languages = await readLanguages(folder)
  expect([...languages.keys()].sort()).toEqual(['de', 'en', 'fr'])
  expect(languages.get('de')?.somebody).toBe('Jemand')
  expect((await readLanguages(join(folder, 'none'))).size).toBe(2)
})

test('the words of the program pass their own checks', () => {
  for (const words of [en, de]) expect(wordsSchema.safeParse(words).error?.issues).toBeUndefined()
})

test.each([
  ['de-AT', 'en', 'de'],
  ['de_at', 'en', 'de'],
  ['DE', 'en', 'de'],
  ['fr', 'de', 'de'],
  [null, 'de-CH', 'de'],
  ['', 'xx', 'en'],
  ['not a language', 'de', 'de'],
])('who speaks %j on a desk in %s is written to in %s', (language, account, expected) => {
  expect(wordsFor(languagesOf([]), language, account).language).toBe(expected)
})

test('a language is looked up from its narrowest form to its widest', () => {
  expect(languageKeys('zh_Hant-TW')).toEqual(['zh-hant-tw', 'zh-hant', 'zh'])
  expect(languageKeys(null)).toEqual([])
})
