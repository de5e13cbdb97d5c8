// Custom fields: values on conversations, customers and companies. Codes may repeat, and need no definition; where
// there is one, it says what values are good.

import type { Selectable } from 'kysely'
import { z } from 'zod'
import { lockForChange } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, Invalid, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { parseWall } from '../../lib/zone.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import type { FieldRow } from './tables.ts'

export interface FieldValue {
  code: string
  value: string
}
export type FieldEntity = 'conversation' | 'customer' | 'company'
export type FieldDefinition = Selectable<FieldRow>

const storedSchema = z.array(z.object({ code: z.string(), value: z.string() }))

/** What a `custom_fields` column holds. */
export const fieldValues = (column: string | null): FieldValue[] =>
  column === null ? [] : storedSchema.parse(JSON.parse(column))

/** What to put into a `custom_fields` column. */
export const fieldColumn = (values: readonly FieldValue[]): string | null =>
  values.length === 0 ? null : JSON.stringify(values)

/** More than anybody needs, few enough that one row stays one row. */
const MAX_VALUES = 200

/** What the values are called on the wire, so that a refusal can name the parameter. */
const parameters: Record<FieldEntity, string> = {
  conversation: 'customfields',
  customer: 'customfields',
  company: 'custom_fields',
}

/** The column with `added` behind what is there, after a look at the definitions. */
export async function withFields(
  db: Reader,
  entity: FieldEntity,
  column: string | null,
  added: readonly FieldValue[],
): Promise<string | null> {
  const all = [...fieldValues(column), ...added]
  assertNotTooMany(entity, all)
  await assertFits(db, entity, added)
  return fieldColumn(all)
}

/**
 * The column with `values` in place of all that was there. What was there before is not looked at again: its definition
 * may be younger than the value, and whoever changes one field sends the others along.
 */
export async function fieldsInstead(
  db: Reader,
  entity: FieldEntity,
  before: string | null,
  values: readonly FieldValue[],
): Promise<string | null> {
  const known = fieldValues(before)
  const isKnown = ({ code, value }: FieldValue) => known.some((field) => field.code === code && field.value === value)
  assertNotTooMany(entity, values)
  await assertFits(
    db,
    entity,
    values.filter((field) => !isKnown(field)),
  )
  return fieldColumn(values)
}

/** The values of a column with `values` in place of what their codes had; other codes stay. */
export function mergedFields(column: string | null, values: readonly FieldValue[]): FieldValue[] {
  const codes = new Set(values.map(({ code }) => code))
  return [...fieldValues(column).filter(({ code }) => !codes.has(code)), ...values]
}

/** The column without one code, or without any. */
export const withoutFields = (column: string | null, code: string | undefined): string | null =>
  code === undefined ? null : fieldColumn(fieldValues(column).filter((field) => field.code !== code))

function assertNotTooMany(entity: FieldEntity, values: readonly FieldValue[]): void {
  if (values.length > MAX_VALUES)
    throw new Invalid(parameters[entity], `must not come to more than ${MAX_VALUES} values`)
}

async function assertFits(db: Reader, entity: FieldEntity, values: readonly FieldValue[]): Promise<void> {
  if (values.length === 0) return
  const codes = [...new Set(values.map(({ code }) => code))]
  const definitions = await db
    .selectFrom('fields')
    .selectAll()
    .where('entity', '=', entity)
    .where('code', 'in', codes)
    .execute()
  for (const { code, value } of values) {
    const definition = definitions.find((field) => field.code === code)
    const fault = definition && faultOf(definition, value)
    if (fault) throw new Invalid(parameters[entity], `has a wrong value for '${code}': it ${fault}`)
  }
}

/** What a `list` field may hold. */
export const fieldOptions = (definition: Pick<FieldDefinition, 'options'>): string[] =>
  z.array(z.string()).parse(JSON.parse(definition.options))

function assertHasOptions(type: string, options: readonly string[]): void {
  if (type === 'list' && options.length === 0) throw new Invalid('options', 'must name at least one value for a list')
}

/** What is wrong with a value for a field; undefined if nothing. */
export function faultOf(definition: Pick<FieldDefinition, 'type' | 'options'>, value: string): string | undefined {
  switch (definition.type) {
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : 'must be a number'
    case 'date':
      return parseWall(value) ? undefined : 'must be a date (YYYY-MM-DD)'
    case 'bool':
      return value === 'Y' || value === 'N' ? undefined : 'must be Y or N'
    case 'list': {
      const options = fieldOptions(definition)
      return options.includes(value) ? undefined : `must be one of: ${options.join(', ')}`
    }
    default:
      return undefined
  }
}

/** Definitions in the order in which forms show them. */
export const listFields = (db: Reader, entity?: FieldEntity): Promise<FieldDefinition[]> => {
  const query = db.selectFrom('fields').selectAll().orderBy('entity').orderBy('position').orderBy('id')
  return (entity ? query.where('entity', '=', entity) : query).execute()
}

export async function getField(db: Reader, id: string): Promise<FieldDefinition> {
  const row = await db.selectFrom('fields').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound(`Custom field '${id}' not found`)
  return row
}

export interface FieldDraft {
  code: string
  name: string
  entity: FieldEntity
  type: 'text' | 'number' | 'date' | 'bool' | 'list'
  options?: readonly string[] | undefined
  position?: number | undefined
}

export async function addField(tx: Tx, actor: Actor, draft: FieldDraft): Promise<FieldDefinition> {
  assertMayAdminister(actor)
  assertHasOptions(draft.type, draft.options ?? [])
  const taken = await tx
    .selectFrom('fields')
    .select('id')
    .where('entity', '=', draft.entity)
    .where('code', '=', draft.code)
    .executeTakeFirst()
  if (taken) throw new Conflict(`A field with the code '${draft.code}' exists already.`)
  const row: FieldDefinition = {
    id: newId(),
    code: draft.code,
    name: draft.name,
    entity: draft.entity,
    type: draft.type,
    options: JSON.stringify(draft.options ?? []),
    position: draft.position ?? 0,
    created_at: Date.now(),
  }
  await tx.insertInto('fields').values(row).execute()
  recordEvent(tx, { type: 'field.added', data: { id: row.id } })
  return row
}

/** Code and entity stay: values refer to them. */
export async function changeField(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { [Key in 'name' | 'type' | 'options' | 'position']?: FieldDraft[Key] | undefined },
): Promise<FieldDefinition> {
  assertMayAdminister(actor)
  // Two who change different things of one definition must both find theirs in it.
  await lockForChange(tx, tx.selectFrom('fields').select('id').where('id', '=', id)).execute()
  const before = await getField(tx, id)
  const options = patch.options ?? fieldOptions(before)
  assertHasOptions(patch.type ?? before.type, options)
  const row: FieldDefinition = {
    ...before,
    name: patch.name ?? before.name,
    type: patch.type ?? before.type,
    options: JSON.stringify(options),
    position: patch.position ?? before.position,
  }
  await tx.updateTable('fields').set(row).where('id', '=', id).execute()
  recordEvent(tx, { type: 'field.changed', data: { id } })
  return row
}

/** Removes the definition. Values that were entered stay. */
export async function removeField(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  await getField(tx, id)
  await tx.deleteFrom('fields').where('id', '=', id).execute()
  recordEvent(tx, { type: 'field.removed', data: { id } })
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage custom fields.')
}
