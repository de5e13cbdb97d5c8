// Puts values into a template, each as the place wants it: escaped between tags, one line in a subject, plain in text.
import { textOfHtml } from '../../../lib/html.ts'
import { escapeHtml } from '../../../lib/markup.ts'
import { segmentsOf } from './segments.ts'
import type { VariableName } from './variables.ts'

export interface Value {
  text: string
  /** Made or sanitised by us. Without it the text is escaped. */
  html?: string | undefined
}
export type Values = ReadonlyMap<string, Value>

/** Values by the names of their variables. What is undefined stays empty. */
export const valuesOf = (given: Partial<Record<VariableName | 'name', string | Value | undefined>>): Values =>
  new Map(
    Object.entries(given).map(([name, value]) => [name, typeof value === 'object' ? value : { text: value ?? '' }]),
  )

const NOTHING: Value = { text: '' }
const SUBJECT_LENGTH = 300

/** One line without anything that ends a header. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .toWellFormed()
    .trim()

export function expandSubject(source: string, values: Values): string {
  const line = oneLine(expandText(source, values))
  return line.length > SUBJECT_LENGTH ? `${line.slice(0, SUBJECT_LENGTH - 1).toWellFormed()}…` : line
}

export const expandText = (source: string, values: Values): string =>
  segmentsOf(source)
    .map(({ text, name }) => (name === undefined ? text : (values.get(name) ?? NOTHING).text))
    .join('')

export const expandHtml = (source: string, values: Values): string =>
  segmentsOf(source)
    .map(({ text, name }) => {
      if (name === undefined) return text
      const value = values.get(name) ?? NOTHING
      return value.html ?? escapeHtml(value.text)
    })
    .join('')

/**
 * The plain part. The template becomes text before the values are put in: they are text already, and whatever looks like
 * markup in a name stays what it is.
 */
export async function expandHtmlAsText(source: string, values: Values): Promise<string> {
  // What is empty goes first, with the blank lines that it would leave.
  const used = segmentsOf(source).filter(({ name }) => name === undefined || values.get(name)?.text)
  return expandText(await textOfTemplate(used.map((segment) => segment.text).join('')), values)
}

/** A variable that is a link's address looks like one while the links are written out. */
async function textOfTemplate(html: string): Promise<string> {
  const text = await textOfHtml(html.replaceAll('href="{$', 'href="http://{$'), { withLinks: true })
  return text.replaceAll('<http://{$', '<{$')
}
