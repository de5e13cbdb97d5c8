// Which conversation waited or was worked on, where, and from when until when: a stay begins with a step of the load up and
// ends with the next one down, in the same write.
import { type RawBuilder, sql } from 'kysely'
import { insertRows, prepared } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import type { LoadChange } from './load.ts'
import type { LoadStayRow } from './tables.ts'

const MINUTE = 60_000

/** The end of what lasts. */
export const EVER = 9_000_000_000_000_000

/**
 * How long stays are, about. Who asks what there was at an instant looks for the short ones shortly before it, and for the
 * long ones long before: of all that are looked at, one in four at least was there.
 */
export const SPANS: readonly number[] = [...Array.from({ length: 12 }, (_, n) => MINUTE * 4 ** n), EVER]

export const spanOf = (length: number): number => SPANS.find((span) => length <= span) ?? EVER

type Stay = Omit<LoadStayRow, 'seq'>

/** What begins with a step up. */
export const stayFrom = ({ service, at, departmentId, agentId, conversationId, itemId }: LoadChange): Stay => ({
  service,
  department_id: departmentId,
  agent_id: agentId ?? '',
  side: agentId === null ? 0 : 1,
  conversation_id: conversationId,
  item_id: itemId,
  from_at: at,
  until_at: EVER,
  span: EVER,
})

/**
 * Keeps the stays that steps make, and gives the steps at the times at which they count: what goes has not gone before it
 * came, whatever a clock or the telephone side says. What lasted no time is no stay.
 */
export async function keepStays(tx: Tx, changes: readonly LoadChange[]): Promise<LoadChange[]> {
  const begun: Stay[] = []
  const reached = new Map<string, number>()
  const kept: LoadChange[] = []
  for (const change of changes) {
    const key = `${change.service} ${change.itemId}`
    const step = { ...change, at: Math.max(change.at, reached.get(key) ?? change.at) }
    if (step.delta > 0) begun.push(stayFrom(step))
    else step.at = endOf(begun, step) ?? (await endStored(tx, step))
    reached.set(key, step.at)
    kept.push(step)
  }
  const stays = begun.filter(({ from_at, until_at }) => from_at < until_at)
  if (stays.length > 0) await insertRows(tx, 'load_stays', stays)
  return kept
}

/** Ends what began in the same write. */
function endOf(begun: readonly Stay[], { service, itemId, at }: LoadChange): number | undefined {
  const own = begun.find((stay) => stay.until_at === EVER && stay.service === service && stay.item_id === itemId)
  if (!own) return undefined
  own.until_at = Math.max(at, own.from_at)
  own.span = spanOf(own.until_at - own.from_at)
  return own.until_at
}

async function endStored(tx: Tx, { service, itemId, at }: LoadChange): Promise<number> {
  const [ended] = await endStay(tx, service, itemId, at)
  if (ended && ended.until_at === ended.from_at)
    await tx.deleteFrom('load_stays').where('seq', '=', ended.seq).execute()
  return ended?.until_at ?? at
}

const bigint = (value: number): RawBuilder<number> => sql`cast(${value} as bigint)`
const spanUntil = (at: number): RawBuilder<number> =>
  sql`case ${sql.join(
    SPANS.slice(0, -1).map((span) => sql`when ${bigint(at)} - from_at <= ${sql.lit(span)} then ${sql.lit(span)}`),
    sql` `,
  )} else ${sql.lit(EVER)} end`

/** The query that ends what an item has begun. */
export const endQuery = (tx: Tx, service: string, itemId: string, at: number) =>
  tx
    .updateTable('load_stays')
    .set({
      until_at: sql<number>`case when from_at > ${bigint(at)} then from_at else ${bigint(at)} end`,
      span: spanUntil(at),
    })
    .where('item_id', '=', itemId)
    .where('service', '=', service)
    .where('until_at', '=', sql.lit(EVER))
    .returning(['seq', 'from_at', 'until_at'])

const endStay = prepared(endQuery)
