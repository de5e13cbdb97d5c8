// Mails written for the tests, each with what is expected of it beside it: `name.eml` and `name.json`.
import { readdirSync, readFileSync } from 'node:fs'

export interface CorpusMail {
  name: string
  raw: Buffer
  expected: unknown
}

const file = (name: string): URL => new URL(name, import.meta.url)

export function corpusMails(): CorpusMail[] {
  return readdirSync(file('.'))
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => ({
      name: name.slice(0, -'.eml'.length),
      raw: readFileSync(file(name)),
      expected: JSON.parse(readFileSync(file(name.replace(/eml$/, 'json')), 'utf8')),
    }))
}
