// `npm run docs`: writes the generated parts of our documents: the calls of API v1, the figures and the settings.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractCall, type ContractField, type ContractParam, calls } from '../contract/v1/calls.ts'
import { meanings } from '../contract/v3/figures.ts'
import { describeSettings, type SettingDescription } from '../server/config.ts'
import { type FigureName, figures } from '../server/desk/reports/figures.ts'
import { ROOT } from './sources.ts'

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

function callReference(): string {
  const groups = Map.groupBy(calls, resourceOf)
  return [...groups].map(([resource, group]) => `## /api/${resource}\n\n${group.map(section).join('\n')}`).join('\n')
}

const settingsTable = (): string =>
  ['| setting | default | |', '|---|---|---|', ...describeSettings().map(settingRow), ''].join('\n')

const settingRow = ({ name, meaning, fallback }: SettingDescription): string =>
  `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${meaning} |`

const figureTable = (): string =>
  ['| figure | counts | from the facts |', '|---|---|---|', ...figureNames.sort().map(figureRow), ''].join('\n')

const figureNames = Object.keys(figures).filter((name): name is FigureName => Object.hasOwn(figures, name))

const figureRow = (name: FigureName): string =>
  `| \`${name}\` | ${meanings[name]} | ${figures[name].facts.map((fact) => `\`${fact}\``).join(', ')} |`

/** The generated end of each document that has one, from its first comment on. */
export const generated = (): Record<string, string> => ({
  'docs/api-v1.md': `${BEGIN}\n\n${callReference()}`,
  'docs/reports.md': `${BEGIN}\n\n${figureTable()}`,
  'docs/running.md': `${BEGIN}\n\n${settingsTable()}`,
})

if (import.meta.main) {
  for (const [path, part] of Object.entries(generated())) {
    const file = join(ROOT, path)
    const [head] = readFileSync(file, 'utf8').split(BEGIN)
    writeFileSync(file, `${head}${part}`)
    process.stdout.write(`${path} written\n`)
  }
}
