// The live stream: tickets to open one, and how far events were forgotten.
import type { Engine } from '../engine.ts'

export function live(engine: Engine): string[] {
  const postgres = engine === 'postgres'
  const text = postgres ? 'text collate "C"' : 'text'
  const int = postgres ? 'bigint' : 'integer'
  const strict = postgres ? '' : ' strict'

  return [
    `create table live_tickets (ticket_hash ${text} primary key, kind ${text} not null, holder ${text} not null,
       user_id ${text}, expires_at ${int} not null)${strict}`,
    'create index live_tickets_end on live_tickets (expires_at)',
    // Numbers may have gaps, so that the oldest event does not say whether something before it was forgotten.
    `create table forgotten_events (id ${int} primary key check (id = 1), seq ${int} not null)${strict}`,
    'insert into forgotten_events (id, seq) select 1, coalesce(min(seq) - 1, 0) from events',
  ]
}
