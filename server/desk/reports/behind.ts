// The facts behind a figure: what was counted for one row of a report, newest first, page by page. Whoever counts the pages
// again gets the figure.
import { sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { Invalid, NotFound } from '../../lib/errors.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { getAgent } from '../agents/agents.ts'
import { channels } from '../conversations/letters.ts'
import { conversationsInSight } from '../conversations/sight.ts'
import { getDepartmentEvenDeleted } from '../departments/departments.ts'
import { getTag } from '../tags/tags.ts'
import type { Span } from './cover.ts'
import { factsByTime, type Position, type Walk, type WalkedFact } from './facts-by-time.ts'
import { type FigureName, figures } from './figures.ts'
import type { Dimension } from './totals.ts'

/** A row of a report. Performance is about `every` one: its rows are ranges. */
export interface ReportRow {
  dimension: Dimension
  id: string
}

export interface Listing {
  limit: number
  /** `next` of the page before. */
  cursor?: string | undefined
}

/** What happened, and in which conversation; null: the actor may not see that one any more. */
export interface FactBehind extends WalkedFact {
  conversation: { id: string; code: string; subject: string } | null
}

export interface Bounds {
  /** Tags of more conversations are looked for among all facts. */
  few: number
  /** How many facts are looked at for a page, about, and at once. A page may be short though the list goes on. */
  most: number
  atOnce: number
}

const BOUNDS: Bounds = { few: 2_000, most: 10_000, atOnce: 1_000 }
/** A plain agent's departments are streams each, up to so many of all together. */
const MAX_STREAMS = 100

type Source = Pick<Walk, 'by' | 'ids' | 'tagId'>

/** A page of the facts that a figure of a row is computed from, and where the list goes on; null: nowhere. */
export async function listBehind(
  db: Reader,
  actor: Actor,
  row: ReportRow,
  figure: FigureName,
  span: Span,
  { limit, cursor }: Listing,
  bounds = BOUNDS,
): Promise<{ facts: FactBehind[]; next: string | null }> {
  let after = cursor === undefined ? undefined : parseCursor(cursor)
  const kinds = figures[figure].facts.filter((kind) => !kind.endsWith('_undone'))
  const source = await sourceOf(db, actor, row, kinds.length, bounds)
  if (source.ids.length === 0 || kinds.length === 0 || span.from >= span.before) return { facts: [], next: null }
  const belongs = belongsTo(actor, row)
  const found: WalkedFact[] = []
  for (let walked = 0; walked < bounds.most; ) {
    const wanted = walked === 0 ? limit + 1 : bounds.atOnce
    const facts = await factsByTime(db, { ...source, kinds, span, after, limit: wanted }).execute()
    for (const fact of facts.filter(belongs)) {
      if (found.length === limit) return { facts: await seenBy(db, actor, found), next: cursorOf(found.at(-1)) }
      found.push(fact)
    }
    if (facts.length < wanted) return { facts: await seenBy(db, actor, found), next: null }
    after = facts.at(-1)
    walked += facts.length
  }
  return { facts: await seenBy(db, actor, found), next: cursorOf(after) }
}

/** Where the facts of a row are found. Some that do not belong to it may be among them. */
async function sourceOf(
  db: Reader,
  actor: Actor,
  { dimension, id }: ReportRow,
  kinds: number,
  { few }: Bounds,
): Promise<Source> {
  const tagId = dimension === 'tag' ? (await getTag(db, id)).id : undefined
  const visible = visibleDepartments(actor)
  if (dimension === 'agent') return { by: 'agent_id', ids: [await agentIdOf(db, id)], tagId }
  if (dimension === 'department') {
    const department = await getDepartmentEvenDeleted(db, id)
    if (visible && !visible.includes(id)) throw new NotFound(`Department '${id}' not found`)
    return { by: 'department_id', ids: [department.id], tagId }
  }
  if (dimension === 'channel' && !Object.hasOwn(channels, id)) throw new NotFound(`Channel '${id}' not found`)
  if (tagId !== undefined && (await areFew(db, tagId, few))) return { by: 'tag_id', ids: [tagId], tagId: undefined }
  if (visible && visible.length * kinds <= MAX_STREAMS) return { by: 'department_id', ids: visible, tagId }
  return { by: 'channel', ids: dimension === 'channel' ? [id] : Object.keys(channels), tagId }
}

/** Also of an agent who was deleted: he has a row as long as he did something in the range. */
async function agentIdOf(db: Reader, identifier: string): Promise<string> {
  const row = await db.selectFrom('agents').select('id').where('id', '=', identifier).executeTakeFirst()
  return row?.id ?? (await getAgent(db, identifier)).id
}

/** The query behind the choice: counts no further than it must. */
export const fewQuery = (db: Reader, tagId: string, few: number) =>
  db
    .selectFrom(
      db
        .selectFrom('conversation_tags')
        .select('conversation_id')
        .where('tag_id', '=', tagId)
        .limit(few + 1)
        .as('tagged'),
    )
    .select(sql<number>`count(*)`.as('count'))

const areFew = async (db: Reader, tagId: string, few: number): Promise<boolean> =>
  Number((await fewQuery(db, tagId, few).executeTakeFirstOrThrow()).count) <= few

function belongsTo(actor: Actor, { dimension, id }: ReportRow): (fact: WalkedFact) => boolean {
  const visible = visibleDepartments(actor)
  const departments = visible && new Set(visible)
  return (fact) =>
    fact.is_undone === 0 &&
    fact.is_tagged === 1 &&
    (dimension !== 'channel' || fact.channel === id) &&
    (!departments || departments.has(fact.department_id))
}

async function seenBy(db: Reader, actor: Actor, facts: readonly WalkedFact[]): Promise<FactBehind[]> {
  const seen = await conversationsInSight(
    db,
    actor,
    facts.map(({ conversation_id }) => conversation_id),
  )
  return facts.map((fact) => ({ ...fact, conversation: seen.get(fact.conversation_id) ?? null }))
}

export const cursorOf = (position: Position | undefined): string | null =>
  position ? `${position.at}.${position.seq}` : null

export function parseCursor(cursor: string): Position {
  const [, at, seq] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? []
  if (at === undefined || seq === undefined) throw new Invalid('cursor', 'is not one that this list has given')
  return { at: Number(at), seq: Number(seq) }
}
