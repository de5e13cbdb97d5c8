// Load added up: where it went in each half-hour, and how much it changed by each day and month. Facts of everybody by hour.
import type { Engine } from '../engine.ts'

export function loadRollups(engine: Engine): string[] {
  const postgres = engine === 'postgres'
  const text = postgres ? 'text collate "C"' : 'text'
  const int = postgres ? 'bigint' : 'integer'
  const strict = postgres ? '' : ' strict, without rowid'
  return [
    `create table load_courses (service ${text} not null, department_id ${text} not null, agent_id ${text} not null,
       at ${int} not null, net ${int} not null, area ${int} not null, lowest ${int}, highest ${int},
       first_at ${int} not null, last_at ${int} not null, primary key (service, department_id, agent_id, at))${strict}`,
    `create table load_sums (service ${text} not null, department_id ${text} not null, agent_id ${text} not null,
       unit ${text} not null, at ${int} not null, net ${int} not null,
       primary key (service, department_id, agent_id, unit, at))${strict}`,
    "insert into rollup_positions (name, seq) values ('load', 0)",
    // The sums of days were kept in the write, where all writes to a department waited for the same row.
    'drop table load_days',
    // With all that a count of steps needs: rows are not looked up.
    'drop index load_changes_at',
    `create index load_changes_at on load_changes (service, at, ${postgres ? 'seq, ' : ''}department_id, agent_id, delta)`,
    // Without the hours of agents, channels and tags: they are made anew, and reports are right all the while.
    'delete from rollups',
    "update rollup_positions set seq = 0 where name = 'facts'",
  ]
}
