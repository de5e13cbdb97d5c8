// Custom field values of conversations.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { type FieldValue, withFields, withoutFields } from '../fields/fields.ts'
import type { Conversation } from './conversation.ts'

export const addFieldsTo = async (tx: Tx, conversation: Conversation, values: readonly FieldValue[]): Promise<void> =>
  setFields(tx, conversation, await withFields(tx, 'conversation', conversation.custom_fields, values))

/** Removes the values of one code, or all. */
export const removeFieldsFrom = (tx: Tx, conversation: Conversation, code?: string): Promise<void> =>
  setFields(tx, conversation, withoutFields(conversation.custom_fields, code))

async function setFields(tx: Tx, conversation: Conversation, column: string | null): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({ custom_fields: column, changed_at: Date.now() })
    .where('id', '=', conversation.id)
    .execute()
  recordEvent(tx, { type: 'conversation.changed', conversationId: conversation.id, data: { customfields: true } })
}
