// Load: how much waits and how much is worked on. Kept as steps up and down, and as the sum of each day's steps.
import { sql } from 'kysely'
import { insertRows, prepared } from '../../db/prepared.ts'
import { beforeCommit, type Tx } from '../../db/write.ts'

export type Service = 'tickets' | 'chats' | 'calls'

export interface LoadChange {
  service: Service
  at: number
  departmentId: string
  /** Who works on it; null: nobody, it waits. */
  agentId: string | null
  /** +1: one more, −1: one less. */
  delta: number
}

const DAY = 86_400_000
export const dayOf = (at: number): number => Math.floor(at / DAY)
export const startOfDay = (day: number): number => day * DAY

/** The stored form of a step. */
export const loadChangeRow = (change: LoadChange) => ({
  service: change.service,
  at: change.at,
  department_id: change.departmentId,
  agent_id: change.agentId ?? '',
  delta: change.delta,
})

/** What steps add to the days that they fall in. Sorted, so that writes which want the same rows take them in one order. */
export function loadDayRows(changes: readonly LoadChange[]) {
  const days = new Map<string, Omit<ReturnType<typeof loadChangeRow>, 'at'> & { day: number }>()
  for (const { at, ...row } of changes.map(loadChangeRow)) {
    const day = dayOf(at)
    const key = JSON.stringify([row.service, day, row.department_id, row.agent_id])
    days.set(key, { ...row, day, delta: (days.get(key)?.delta ?? 0) + row.delta })
  }
  return [...days]
    .filter(([, { delta }]) => delta !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
}

const pending = new WeakMap<Tx, LoadChange[]>()

/** Adds steps to the transaction. */
export function recordLoad(tx: Tx, changes: readonly LoadChange[]): void {
  if (changes.length === 0) return
  pending.set(tx, [...(pending.get(tx) ?? []), ...changes])
  // As late as possible: every write to a department wants the same row of the day, and it stays locked until the commit.
  beforeCommit(tx, 'load', writeLoad)
}

async function writeLoad(tx: Tx): Promise<void> {
  const changes = pending.get(tx) ?? []
  pending.delete(tx)
  await insertRows(tx, 'load_changes', changes.map(loadChangeRow))
  await addLoadDays(tx, loadDayRows(changes))
}

/** Adds to the sums of days. The rows are from loadDayRows, for their order. */
export async function addLoadDays(tx: Tx, rows: ReturnType<typeof loadDayRows>): Promise<void> {
  for (const row of rows) await addToDay(tx, row.service, row.day, row.department_id, row.agent_id, row.delta)
}

const addToDay = prepared((tx: Tx, service: string, day: number, department: string, agent: string, delta: number) =>
  tx
    .insertInto('load_days')
    .values({ service, day, department_id: department, agent_id: agent, delta })
    .onConflict((conflict) =>
      conflict
        .columns(['service', 'day', 'department_id', 'agent_id'])
        .doUpdateSet({ delta: sql`load_days.delta + excluded.delta` }),
    ),
)
