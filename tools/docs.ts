// `npm run docs`: writes the call-by-call part of docs/api-v1.md from contract/v1/calls.json.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractCall, type ContractField, type ContractParam, calls } from '../contract/v1/calls.ts'
import { ROOT } from './sources.ts'

const FILE = join(ROOT, 'docs/api-v1.md')
const BEGIN = '<!-- From here on written by `npm run docs`. -->'

const letters = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([letter, meaning]) => (letter === meaning ? letter : `${letter} ${meaning}`))
    .join(', ')

const kind = ({ type, values }: { type: string; values?: Record<string, string> | undefined }): string =>
  values ? `${type}: ${letters(values)}` : type

const paramRow = (param: ContractParam): string =>
  `| \`${param.name}\` | ${kind(param)} | ${param.required ? 'yes' : ''} | ${param.description ?? ''} |`

const fieldRow = (field: ContractField): string =>
  `| \`${field.of === undefined ? '' : `${field.of}[].`}${field.name}\` | ${kind(field)} |`

function section(call: ContractCall): string {
  const params = call.params.filter(({ name }) => name !== 'apikey')
  return [
    `### ${call.method} ${call.path}`,
    '',
    `${call.title}. In the documents of ${call.generations.join(' and ')}.`,
    '',
    ...(params.length > 0
      ? ['| parameter | type | required | |', '|---|---|---|---|', ...params.map(paramRow), '']
      : []),
    '| answers | type |',
    '|---|---|',
    ...call.returns.map(fieldRow),
    '',
  ].join('\n')
}

const resourceOf = ({ path }: ContractCall): string => path.split('/')[2] ?? ''

/** The generated part, from its first comment on. */
export function reference(): string {
  const groups = Map.groupBy(calls, resourceOf)
  const parts = [...groups].map(([resource, group]) => `## /api/${resource}\n\n${group.map(section).join('\n')}`)
  return `${BEGIN}\n\n${parts.join('\n')}`
}

if (import.meta.main) {
  const [head] = readFileSync(FILE, 'utf8').split(BEGIN)
  writeFileSync(FILE, `${head}${reference()}`)
  process.stdout.write(`${calls.length} calls written to docs/api-v1.md\n`)
}
