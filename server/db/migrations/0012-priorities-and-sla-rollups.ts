// How urgent a conversation is; answered SLA clocks and time online added up.
import type { Engine } from '../engine.ts'

export function prioritiesAndSlaRollups(engine: Engine): string[] {
  const postgres = engine === 'postgres'
  const text = postgres ? 'text collate "C"' : 'text'
  const int = postgres ? 'bigint' : 'integer'
  const strict = postgres ? '' : ' strict, without rowid'
  // Every filter comes with a service. What sums need stands in the index, so that rows need not be looked up.
  const answered = (name: string, column: string): string =>
    `create index sla_clocks_${name} on sla_clocks (${column}closed_at, seq, outcome, seconds, department_id, agent_id, level_id)
       where outcome in ('met', 'late')`
  const sums = ['met', 'late']
    .map((name) => `${name}_count ${int} not null, ${name}_sum ${int} not null, ${name}_max ${int}, ${name}_min ${int}`)
    .join(', ')

  return [
    // With a constant default neither engine touches the rows that are there.
    `alter table conversations add column priority ${text} not null default 'normal'`,
    // Few are not normal: those are found by it, the others by whatever else is asked for.
    `create index conversations_priority on conversations (priority, changed_at, id) where priority <> 'normal'`,
    ...['service', 'department', 'agent', 'customer', 'level'].map((name) => `drop index sla_clocks_${name}`),
    answered('service', 'service, '),
    answered('department', 'service, department_id, '),
    answered('agent', 'service, agent_id, '),
    answered('customer', 'service, customer_id, '),
    answered('level', 'service, level_id, '),
    `create table sla_rollups (dimension ${text} not null, service ${text} not null, id ${text} not null,
       department_id ${text} not null, at ${int} not null, ${sums},
       primary key (dimension, service, id, department_id, at))${strict}`,
    `create table online_days (department_id ${text} not null, at ${int} not null, agent_id ${text} not null,
       time ${int} not null, primary key (department_id, at, agent_id))${strict}`,
    "insert into rollup_positions (name, seq) values ('clocks', 0), ('stretches', 0)",
  ]
}
