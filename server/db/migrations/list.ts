// Every migration in order, listed by hand. Forward only: what is released here is never edited, only followed.
import type { Engine } from '../engine.ts'
import { foundation } from './0001-foundation.ts'
import { mail } from './0002-mail.ts'
import { presence } from './0003-presence.ts'
import { sla } from './0004-sla.ts'
import { rollups } from './0007-rollups.ts'
import { chatsAndCalls } from './0008-chats-and-calls.ts'
import { ratings } from './0009-ratings.ts'
import { loadRollups } from './0010-load-rollups.ts'
import { factsBehindFigures } from './0011-facts-behind-figures.ts'
import { prioritiesAndSlaRollups } from './0012-priorities-and-sla-rollups.ts'
import { live } from './0013-live.ts'
import { offersWhileOnline } from './0014-offers-while-online.ts'
import { listsOfCalls } from './0015-lists-of-calls.ts'
import { loadStays } from './0016-load-stays.ts'
import { halfHours } from './0017-half-hours.ts'

export interface Migration {
  name: string
  /** The statements for an engine, run in one transaction with the note that they ran. */
  statements: (engine: Engine) => string[]
}

export const migrations: readonly Migration[] = [
  { name: '0001-foundation', statements: foundation },
  { name: '0002-mail', statements: mail },
  { name: '0003-presence', statements: presence },
  { name: '0004-sla', statements: sla },
  { name: '0007-rollups', statements: rollups },
  { name: '0008-chats-and-calls', statements: chatsAndCalls },
  { name: '0009-ratings', statements: ratings },
  { name: '0010-load-rollups', statements: loadRollups },
  { name: '0011-facts-behind-figures', statements: factsBehindFigures },
  { name: '0012-priorities-and-sla-rollups', statements: prioritiesAndSlaRollups },
  { name: '0013-live', statements: live },
  { name: '0014-offers-while-online', statements: offersWhileOnline },
  { name: '0015-lists-of-calls', statements: listsOfCalls },
  { name: '0016-load-stays', statements: loadStays },
  { name: '0017-half-hours', statements: halfHours },
]
