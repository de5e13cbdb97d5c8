// Offers that end when the agent who is asked goes offline. Those that ring during the upgrade do.
import type { Engine } from '../engine.ts'

export function offersWhileOnline(engine: Engine): string[] {
  const int = engine === 'postgres' ? 'bigint' : 'integer'
  return [`alter table offers add column while_online ${int} not null default 1`]
}
