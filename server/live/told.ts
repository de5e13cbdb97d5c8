// Events made ready to be told: to whom each goes, by the state of this moment, and its text, written when first needed.
import { z } from 'zod'
import type { Reader } from '../db/write.ts'
import type { Event } from '../events/read.ts'
import { audienceOf, type Concerned, type Recipients, recipientsOf } from './audience.ts'
import { type Describe, type ToldVisitor, tellVisitors } from './for-visitors.ts'
import { eventMessage, type Message } from './message.ts'

export interface Told {
  seq: number
  recipients: Recipients
  message(): Message
  /** What the visitor whose chat it is hears of it, if he listens. */
  visitor: ToldVisitor | undefined
}

/** Visitors who listen, and how they get to see messages. */
export interface Visitors {
  ids: ReadonlySet<string>
  describe: Describe
}

/** Looks up where all their conversations are now, in one query. */
export async function toTell(db: Reader, events: readonly Event[], visitors: Visitors): Promise<Told[]> {
  const departments = await departmentsOf(db, events)
  const toVisitors = await tellVisitors(db, events, visitors.ids, visitors.describe)
  return events.map((event) => {
    const department = event.conversation_id === null ? undefined : departments.get(event.conversation_id)
    return {
      seq: event.seq,
      recipients: recipientsOf(event.type, department, concernedBy(event)),
      visitor: toVisitors.get(event.seq),
      message: once(() => eventMessage({ ...event, conversationId: event.conversation_id })),
    }
  })
}

async function departmentsOf(db: Reader, events: readonly Event[]): Promise<Map<string, string>> {
  const ids = new Set(events.flatMap(({ conversation_id }) => conversation_id ?? []))
  if (ids.size === 0) return new Map()
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'department_id'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map(({ id, department_id }) => [id, department_id]))
}

/** A transfer names the department that it came from; a call who has it, or is asked to take it, and whom it is for. */
const named = z.object({
  from: z.string().optional(),
  agentid: z.string().nullish(),
  targetid: z.string().nullish(),
})

function concernedBy({ type, data }: Event): Concerned {
  const audience = audienceOf(type)
  if (audience !== 'both' && audience !== 'parties') return {}
  const { from, agentid, targetid } = named.safeParse(JSON.parse(data)).data ?? {}
  return { from, agents: [agentid, targetid].filter((id) => typeof id === 'string') }
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
