// Storing a portion of history in one transaction.

import { engineOf } from '../db/differences.ts'
import type { Tx } from '../db/write.ts'
import { countNewConversation } from '../desk/departments/counts.ts'
import { addLoadDays, type LoadChange, type Service } from '../desk/metrics/load.ts'
import { recordEvent } from '../events/record.ts'
import { newCode, newPublicCode } from '../lib/ids.ts'
import { insertRows } from './insert.ts'
import { reserveSeqs } from './seqs.ts'
import { cellsOf, type Portion, rowCount, shapes, type TableKey, type Value } from './tables.ts'

/** May run again when the transaction has to: the portion stays as it is. */
export async function storePortion(tx: Tx, portion: Portion): Promise<void> {
  const customers = numbered(portion, 'customers', await reserveSeqs(tx, 'customers', rowCount(portion, 'customers')))
  const groupSeqs = await reserveSeqs(tx, 'message_groups', rowCount(portion, 'groups'))
  const filled: Portion = {
    ...portion,
    customers,
    customerSearch: engineOf(tx) === 'sqlite' ? searchRows({ ...portion, customers }) : [],
    conversations: withCodes(portion),
    groups: numbered(portion, 'groups', groupSeqs),
    messages: numbered(portion, 'messages', groupSeqs),
  }
  for (const key of ORDER) await insertRows(tx, shapes[key], filled[key])
  for (const [id, department, status] of cellsOf(portion, 'conversations', 'id', 'department_id', 'status'))
    countNewConversation(tx, { id: text(id), department_id: text(department), status: text(status) })
  await addLoadDays(tx, loadChangesOf(portion))
  // One for all: whoever shows lists looks again. Nobody has to be told of a thousand single messages of the past.
  recordEvent(tx, { type: 'demo.loaded', data: { conversations: rowCount(portion, 'conversations') } })
}

/** What is referred to comes first. */
const ORDER: readonly TableKey[] = [
  'customers',
  'customerSearch',
  'groupMembers',
  'conversations',
  'groups',
  'messages',
  'tags',
  'facts',
  'loadChanges',
]

const text = (value: Value | undefined): string => String(value ?? '')

/** Puts the numbers that the database gave out where the place in the portion stands. */
function numbered(portion: Portion, key: TableKey, seqs: readonly number[]): Value[] {
  const values = portion[key].slice()
  for (let i = 0; i < values.length; i += shapes[key].columns.length) values[i] = seqs[Number(values[i])] ?? null
  return values
}

const searchRows = (portion: Portion): Value[] =>
  Array.from(cellsOf(portion, 'customers', 'seq', 'email_key', 'firstname_key', 'lastname_key')).flat()

/** Draws the codes: should one be taken, the next attempt draws others. In order, so that neighbours share index pages. */
function withCodes(portion: Portion): Value[] {
  const { columns } = shapes.conversations
  const codeAt = columns.findIndex(([name]) => name === 'code')
  const publicAt = columns.findIndex(([name]) => name === 'public_code')
  const count = rowCount(portion, 'conversations')
  const codes = Array.from({ length: count }, newCode).sort()
  const publicCodes = Array.from({ length: count }, newPublicCode).sort()
  const values = portion.conversations.slice()
  for (let i = 0; i < count; i++) {
    values[i * columns.length + codeAt] = codes[i] ?? null
    values[i * columns.length + publicAt] = publicCodes[i] ?? null
  }
  return values
}

const loadChangesOf = (portion: Portion): LoadChange[] =>
  Array.from(
    cellsOf(portion, 'loadChanges', 'at', 'department_id', 'agent_id', 'delta'),
    ([at, department, agent, delta]) => ({
      service: TICKETS,
      at: Number(at),
      departmentId: text(department),
      agentId: agent === '' ? null : text(agent),
      delta: Number(delta),
    }),
  )

/** There are no chats and calls in the history. */
const TICKETS: Service = 'tickets'
