// Who and what a mail about a conversation speaks of.
import { prepared } from '../../../db/prepared.ts'
import type { Reader } from '../../../db/write.ts'
import { SYSTEM_USER, systemActor } from '../../actor.ts'
import { type Conversation, getConversation } from '../../conversations/conversation.ts'
import { messageTypes } from '../../conversations/letters.ts'
import { listPublicHistory } from '../../conversations/public.ts'
import type { Customer } from '../../customers/customers.ts'
import { getDepartmentEvenDeleted } from '../../departments/departments.ts'
import type { OutboxMail } from '../../outbox/outbox.ts'
import { expandText, type Value, valuesOf } from '../templates/expand.ts'
import { NOBODY, type Person, personOf } from '../templates/people.ts'
import { quoteValue, textOfWritten } from '../templates/values.ts'
import { dateText, type Voice } from '../templates/voice.ts'

/** The conversation that a mail in the outbox is about. */
export function conversationOf(db: Reader, { seq, conversation_id }: OutboxMail): Promise<Conversation> {
  if (conversation_id === null) throw new Error(`mail ${seq} in the outbox names no conversation`)
  return getConversation(db, systemActor, conversation_id)
}

const customerById = prepared((db, id: string) => db.selectFrom('customers').selectAll().where('id', '=', id))

/** The requester, also one who was deleted. */
export const requesterOf = async (db: Reader, { customer_id }: Conversation): Promise<Customer | undefined> =>
  (await customerById(db, customer_id))[0]

export const departmentName = async (db: Reader, { department_id }: Conversation): Promise<string> =>
  (await getDepartmentEvenDeleted(db, department_id)).name

const agentById = prepared((db, id: string) =>
  db.selectFrom('agents').select(['firstname', 'lastname', 'email']).where('id', '=', id),
)

/** The agent who wrote; for what a program wrote, the company. */
export async function authorOf(db: Reader, userId: string, company: string): Promise<Person> {
  const [agent] = userId === SYSTEM_USER ? [] : await agentById(db, userId)
  return agent ? personOf(agent) : { ...NOBODY, firstname: company }
}

const LOOKED_AT = 20

/** What the customer wrote last, quoted; undefined if he has not written. */
export async function lastOfCustomer(db: Reader, voice: Voice, conversation: Conversation): Promise<Value | undefined> {
  const { groups } = await listPublicHistory(db, conversation, { limit: LOOKED_AT, offset: 0 })
  const last = groups.findLast(({ byAgent }) => !byAgent)
  if (!last) return undefined
  const written = last.messages.filter(({ rtype }) => rtype === messageTypes.message)
  const intro = valuesOf({ name: last.author ?? voice.words.somebody, date: dateText(voice, last.created_at) })
  return quoteValue(expandText(voice.words.wrote, intro), await textOfWritten(written))
}
