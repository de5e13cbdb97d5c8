// Reads an answer of API v1 in any of its formats back into one shape, and says where it departs from calls.json.
import { XMLParser } from 'fast-xml-parser'
import { load } from 'js-yaml'
import { z } from 'zod'
import type { ContractCall, ContractField } from '../../contract/v1/calls.ts'

export const formats = ['json', 'xml', 'yaml'] as const
export type Format = (typeof formats)[number]

export type Answer = { readonly [name: string]: unknown }

const object = z.record(z.string(), z.unknown())
const isObject = (value: unknown): value is Answer => object.safeParse(value).success

const topFields = (call: ContractCall): ContractField[] => call.returns.filter((field) => field.of === undefined)
const fieldsOf = (call: ContractCall, list: string): ContractField[] =>
  call.returns.filter((field) => field.of === list)

/** What stands under `response`. XML is brought into the shape of JSON with what the contract knows of lists. */
export function readAnswer(call: ContractCall, format: Format, text: string): Answer {
  const parsed = format === 'json' ? JSON.parse(text) : format === 'yaml' ? load(text) : parseXml(text)
  const { response } = z.object({ response: z.unknown() }).parse(parsed)
  if (format === 'xml') return fromXml(call, topFields(call), isObject(response) ? response : {})
  return object.parse(response)
}

function parseXml(text: string): unknown {
  if (!text.startsWith("<?xml version='1.0' encoding='utf-8'?>")) throw new Error(`no XML declaration: ${text}`)
  // As text: a parser that guesses numbers would hide what is on the wire.
  const parser = new XMLParser({ parseTagValue: false, trimValues: false, ignoreDeclaration: true, htmlEntities: true })
  return parser.parse(text.replace(/>\n\s*</g, '><'))
}

/** Items are named by their list's name without its final s; a name without one has items named `item`. */
const itemName = (list: string): string => (list.endsWith('s') ? list.slice(0, -1) : 'item')

function fromXml(call: ContractCall, fields: readonly ContractField[], node: Answer): Answer {
  const answer: Record<string, unknown> = { ...node }
  for (const { name, type } of fields) {
    const value = node[name]
    if (value === undefined || (type !== 'list' && type !== 'array')) continue
    const inside = isObject(value) ? value[itemName(name)] : undefined
    if (value !== '' && inside === undefined) continue
    const items = inside === undefined ? [] : Array.isArray(inside) ? inside : [inside]
    answer[name] = items.map((item) => (isObject(item) ? fromXml(call, fieldsOf(call, name), item) : item))
  }
  return answer
}

const DATETIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/
const DATE_OR_DATETIME = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$/

/** In the document's example, what begins at midnight in the performance report begins with a bare date. */
const datetimeOf = ({ of, name }: ContractField): RegExp =>
  of === 'performance' && name === 'datetime' ? DATE_OR_DATETIME : DATETIME

/** Every departure of an answer from the contract, one line each. */
export function faults(call: ContractCall, format: Format, answer: Answer): string[] {
  const numbers = format === 'xml' ? [] : ['statuscode']
  return checkFields(call, topFields(call), answer, '', numbers)
}

function checkFields(
  call: ContractCall,
  fields: readonly ContractField[],
  node: Answer,
  where: string,
  numbers: readonly string[],
): string[] {
  const documented = fields.flatMap((field) => {
    const at = `${where}${field.name}`
    if (!(field.name in node)) return [`${at} is missing`]
    const value = node[field.name]
    if (field.type === 'list') return checkList(call, field.name, value, at)
    if (field.type === 'array')
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? [] : [`${at} is no array`]
    if (numbers.includes(field.name)) return value === 0 ? [] : [`${at} is not the number 0`]
    return checkScalar(field, value, at)
  })
  const extra = Object.entries(node)
    .filter(([name, value]) => !numbers.includes(name) && (typeof value === 'number' || typeof value === 'boolean'))
    .map(([name]) => `${where}${name} is not a text`)
  return [...documented, ...extra]
}

function checkList(call: ContractCall, name: string, value: unknown, at: string): string[] {
  if (!Array.isArray(value)) return [`${at} is no list`]
  const fields = fieldsOf(call, name)
  return value.flatMap((item, index) =>
    isObject(item) ? checkFields(call, fields, item, `${at}[${index}].`, []) : [`${at}[${index}] is no object`],
  )
}

function checkScalar(field: ContractField, value: unknown, at: string): string[] {
  if (value === null || (value === '' && field.type !== 'int')) return []
  if (typeof value !== 'string') return [`${at} is not a text: ${JSON.stringify(value)}`]
  if (field.type === 'int' && !/^\d+$/.test(value)) return [`${at} is no whole number: '${value}'`]
  if (field.type === 'datetime' && !datetimeOf(field).test(value)) return [`${at} is no datetime: '${value}'`]
  if (field.values && !(value in field.values)) return [`${at} has an undocumented value: '${value}'`]
  return []
}

/** The documented fields of an answer, for comparing formats: XML has one empty element for null and an empty text. */
export const documented = (call: ContractCall, answer: Answer): Answer => pick(call, topFields(call), answer)

const pick = (call: ContractCall, fields: readonly ContractField[], node: Answer): Answer =>
  Object.fromEntries(
    fields.map(({ name, type }) => {
      const value = node[name] ?? ''
      if (type !== 'list' || !Array.isArray(value)) return [name, value]
      return [name, value.map((item) => (isObject(item) ? pick(call, fieldsOf(call, name), item) : item))]
    }),
  )

/** Lists that came without a single row, by name. Nothing would be checked of their fields. */
export function emptyLists(call: ContractCall, answer: Answer): string[] {
  const lists = call.returns.filter(({ type }) => type === 'list')
  return lists
    .filter(({ name, of }) => {
      const holders: unknown[] = of === undefined ? [answer] : z.array(z.unknown()).parse(answer[of])
      return !holders.some((holder) => isObject(holder) && Array.isArray(holder[name]) && holder[name].length > 0)
    })
    .map(({ name }) => name)
}
