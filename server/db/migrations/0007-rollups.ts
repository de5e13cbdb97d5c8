// Rollups: facts added up, so that a report over a year reads some thousand rows and not every fact.
import type { Engine } from '../engine.ts'

export function rollups(engine: Engine): string[] {
  const postgres = engine === 'postgres'
  const text = postgres ? 'text collate "C"' : 'text'
  const int = postgres ? 'bigint' : 'integer'
  return [
    `create table rollups (dimension ${text} not null, department_id ${text} not null, unit ${text} not null,
       at ${int} not null, id ${text} not null, kind ${text} not null, count ${int} not null, seconds ${int} not null,
       sla_seconds ${int} not null,
       primary key (dimension, department_id, unit, at, id, kind))${postgres ? '' : ' strict, without rowid'}`,
    // Rows that a removed tag has emptied are found and deleted by it, at no cost while there are none.
    'create index rollups_empty on rollups (dimension) where count = 0',
    `create table rollup_positions (name ${text} primary key, seq ${int} not null)${postgres ? '' : ' strict'}`,
    "insert into rollup_positions (name, seq) values ('facts', 0)",
    // A tag takes the facts of its conversation along.
    'create index facts_conversation on facts (conversation_id)',
  ]
}
