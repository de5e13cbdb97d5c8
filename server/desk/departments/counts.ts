// How many conversations each department has in each status, kept by every write: counting them when somebody asks
// would read a million rows.
import { sql } from 'kysely'
import { prepared } from '../../db/prepared.ts'
import { beforeCommit, type Reader, type Tx } from '../../db/write.ts'

/** What decides where a conversation is counted. */
export interface Counted {
  department_id: string
  status: string
}

/** Department id → status letter → how many conversations. What is not there is none. */
export type DepartmentCounts = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Where a conversation was counted before the transaction (undefined: nowhere, it is new), and where it belongs now. */
interface Move {
  from: Counted | undefined
  to: Counted
}

const moves = new WeakMap<Tx, Map<string, Move>>()

export const countNewConversation = (tx: Tx, conversation: Counted & { id: string }): void =>
  note(tx, conversation.id, { from: undefined, to: conversation })

/**
 * Counts a conversation where its new status or department puts it. `before` is the row as it was locked for change; a
 * second change in the same transaction may still pass that first row.
 */
export function countConversation(tx: Tx, before: Counted & { id: string }, change: Partial<Counted>): void {
  const earlier = moves.get(tx)?.get(before.id)
  note(tx, before.id, { from: earlier ? earlier.from : before, to: { ...(earlier?.to ?? before), ...change } })
}

function note(tx: Tx, id: string, move: Move): void {
  const ofTx = moves.get(tx) ?? new Map<string, Move>()
  moves.set(tx, ofTx.set(id, move))
  // As late as possible, for these rows stay locked until the commit and every write to the department wants them.
  beforeCommit(tx, 'department-counts', writeMoves)
}

async function writeMoves(tx: Tx): Promise<void> {
  const rows = countRows([...(moves.get(tx)?.values() ?? [])])
  moves.delete(tx)
  await addCounts(tx, rows)
}

/** Adds to the counts. The rows are from countRows, for their order. */
export async function addCounts(tx: Tx, rows: ReturnType<typeof countRows>): Promise<void> {
  for (const row of rows) await addToCount(tx, row.department_id, row.status, row.conversations)
}

const addToCount = prepared((tx: Tx, department: string, status: string, conversations: number) =>
  tx
    .insertInto('department_counts')
    .values({ department_id: department, status, conversations })
    .onConflict((conflict) =>
      conflict
        .columns(['department_id', 'status'])
        .doUpdateSet({ conversations: sql`department_counts.conversations + excluded.conversations` }),
    ),
)

/** What moves add to each count. Sorted, so that two writes which want the same two rows take them in the same order. */
export function countRows(all: readonly Move[]) {
  const sums = new Map<string, Counted & { conversations: number }>()
  const add = ({ department_id, status }: Counted, by: number): void => {
    const key = `${department_id} ${status}`
    sums.set(key, { department_id, status, conversations: (sums.get(key)?.conversations ?? 0) + by })
  }
  for (const { from, to } of all) {
    if (from) add(from, -1)
    add(to, 1)
  }
  return [...sums]
    .filter(([, { conversations }]) => conversations !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
}

/** The counts of all departments, or of some. */
export async function countsByDepartment(db: Reader, departmentIds?: readonly string[]): Promise<DepartmentCounts> {
  const counts = new Map<string, Map<string, number>>()
  if (departmentIds?.length === 0) return counts
  let query = db.selectFrom('department_counts').selectAll()
  if (departmentIds) query = query.where('department_id', 'in', departmentIds)
  for (const { department_id, status, conversations } of await query.execute()) {
    const ofDepartment = counts.get(department_id) ?? new Map<string, number>()
    counts.set(department_id, ofDepartment.set(status, conversations))
  }
  return counts
}

/** Counts everything afresh. For whoever writes conversations in bulk, past the functions of the desk. */
export async function recountDepartments(tx: Tx): Promise<void> {
  await tx.deleteFrom('department_counts').execute()
  await tx
    .insertInto('department_counts')
    .columns(['department_id', 'status', 'conversations'])
    .expression((eb) =>
      eb
        .selectFrom('conversations')
        .select(({ fn }) => ['department_id', 'status', fn.countAll<number>().as('conversations')])
        .groupBy(['department_id', 'status']),
    )
    .execute()
}
