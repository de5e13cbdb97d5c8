// The facts behind a figure: of an agent, a department or a channel, of one kind, by time. A page of them is read from the
// index, whatever the range. All facts of a kind are those of the few channels; those of a tag are found otherwise.
import type { Engine } from '../engine.ts'

export function factsBehindFigures(engine: Engine): string[] {
  // SQLite puts the number at the end of each index by itself.
  const at = engine === 'postgres' ? 'at, seq' : 'at'
  return [
    `create index facts_agent on facts (agent_id, kind, ${at}) where agent_id is not null`,
    `create index facts_department on facts (department_id, kind, ${at})`,
    `create index facts_channel on facts (channel, kind, ${at})`,
  ]
}
