// Lists of calls of a department and of an agent, and visitors who never chatted: they are forgotten sooner.
import type { Engine } from '../engine.ts'

export function listsOfCalls(_engine: Engine): string[] {
  return [
    'create index calls_department on calls (department_id, started_at, id)',
    'create index calls_agent on calls (agent_id, started_at, id) where agent_id is not null',
    'create index visitors_silent on visitors (seen_at) where customer_id is null',
  ]
}
