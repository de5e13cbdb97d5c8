// The people whom a history names, so that it can be shown without a question for each.
import type { Reader } from '../../db/write.ts'
import { SYSTEM_USER } from '../actor.ts'
import type { Message, MessageGroup } from './history.ts'

export interface Participant {
  userId: string
  kind: 'agent' | 'customer' | 'system'
  name: string
  avatarUrl: string
}

/** Agents and customers by userid, deleted ones included. */
export async function listParticipants(
  db: Reader,
  groups: readonly (MessageGroup & { messages: readonly Message[] })[],
): Promise<Participant[]> {
  const ids = [...new Set(groups.flatMap((group) => [group.user_id, ...group.messages.map(({ user_id }) => user_id)]))]
  if (ids.length === 0) return []
  const agents = await db
    .selectFrom('agents')
    .select(['id', 'system_name', 'avatar_url'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
  const customers = await db
    .selectFrom('customers')
    .select(['user_id', 'system_name', 'email'])
    .where('user_id', 'in', ids)
    .orderBy('user_id')
    .execute()
  return [
    ...(ids.includes(SYSTEM_USER)
      ? [{ userId: SYSTEM_USER, kind: 'system' as const, name: 'System', avatarUrl: '' }]
      : []),
    ...agents.map((row) => ({
      userId: row.id,
      kind: 'agent' as const,
      name: row.system_name,
      avatarUrl: row.avatar_url,
    })),
    ...customers.map((row) => ({
      userId: row.user_id,
      kind: 'customer' as const,
      name: row.system_name || (row.email ?? ''),
      avatarUrl: '',
    })),
  ]
}
