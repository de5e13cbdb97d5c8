// One call of API v1 as an OpenAPI operation, from the contract's list of calls.
import { bareName, type ContractCall, type ContractField, type ContractParam } from '../../../contract/v1/calls.ts'
import type { Operation, Parameter } from './openapi.ts'
import { refTo, type Schema } from './schema.ts'

/** `/api/tags/[tagid]` → `/api/tags/{tagid}`. */
export const v1Path = ({ path }: ContractCall): string => path.replace(/\[(\w+)\]/g, '{$1}')

const resourceOf = (path: string): string => path.split('/')[2] ?? ''

const isInPath = ({ name }: ContractParam): boolean => name.startsWith('[')

export function v1Operation(call: ContractCall): Operation {
  const params = call.params.filter(({ name }) => name !== 'apikey')
  const others = params.filter((param) => !isInPath(param))
  const isGet = call.method === 'GET'
  return {
    operationId: ['v1', call.method.toLowerCase(), ...call.path.split('/').slice(2)].join('_').replace(/[[\]]/g, ''),
    tags: [`v1 ${resourceOf(call.path)}`],
    summary: `${call.title}.`,
    security: [{ apikeyInQuery: [] }, { apikey: [] }, { session: [] }],
    parameters: [
      ...params.filter(isInPath).map((param) => parameter(param, 'path')),
      ...(isGet ? others.map((param) => parameter(param, 'query')) : []),
    ],
    ...(!isGet && others.length > 0 && { requestBody: body(others) }),
    responses: {
      '200': {
        description: 'Done. With `.xml` or `.yaml` after the address, the same in that format.',
        content: { 'application/json': { schema: envelope(call.returns) } },
      },
      default: {
        description: 'Refused: the HTTP status says why.',
        content: { 'application/json': { schema: refTo('V1Error') } },
      },
    },
  }
}

const parameter = (param: ContractParam, where: Parameter['in']): Parameter => ({
  name: bareName(param),
  in: where,
  required: where === 'path' || param.required,
  ...describedBy(param),
  schema: scalar(param),
})

function body(params: readonly ContractParam[]): Operation['requestBody'] {
  const required = params.filter((param) => param.required).map(({ name }) => name)
  const schema: Schema = {
    type: 'object',
    properties: Object.fromEntries(params.map((param) => [param.name, { ...scalar(param), ...describedBy(param) }])),
    ...(required.length > 0 && { required }),
  }
  return {
    required: required.length > 0,
    content: {
      'application/x-www-form-urlencoded': { schema },
      'multipart/form-data': { schema },
      'application/json': { schema },
    },
  }
}

/** Everything is a text on this API; the letters of a list of constants are known. */
const scalar = ({ values }: { values?: Record<string, string> | undefined }): Schema =>
  values ? { type: 'string', enum: Object.keys(values) } : { type: 'string' }

const kinds: Record<string, string> = {
  datetime: 'A date.',
  opdatetime: 'A date, after an operator such as `gte:`.',
  json: 'JSON.',
}

function describedBy(param: ContractParam): { description?: string } {
  const letters = Object.entries(param.values ?? {}).filter(([letter, meaning]) => letter !== meaning)
  const meaning = letters.map(([letter, text]) => `\`${letter}\` ${text}`).join(', ')
  const description = [param.description, kinds[param.type], meaning].filter(Boolean).join(' ')
  return description === '' ? {} : { description }
}

const envelope = (fields: readonly ContractField[]): Schema => ({
  type: 'object',
  properties: { response: objectOf(fields, undefined) },
  required: ['response'],
})

/** The fields that stand directly under `response`, or in the items of a list. */
const objectOf = (fields: readonly ContractField[], list: string | undefined): Schema => ({
  type: 'object',
  properties: Object.fromEntries(
    fields.filter(({ of }) => of === list).map((field) => [field.name, schemaOf(field, fields)]),
  ),
})

function schemaOf(field: ContractField, fields: readonly ContractField[]): Schema {
  if (field.type === 'list') return { type: 'array', items: objectOf(fields, field.name) }
  if (field.type === 'array') return { type: 'array', items: { type: 'string' } }
  if (field.name === 'statuscode') return { type: 'integer' }
  const text: Schema = { type: ['string', 'null'] }
  return field.values ? { ...text, enum: [...Object.keys(field.values), null] } : text
}
