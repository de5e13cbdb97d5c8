// The twenty reports of API v1, each with what it is compared with.
import type { Reader } from '../server/db/write.ts'
import { systemActor } from '../server/desk/actor.ts'
import type { Service } from '../server/desk/metrics/load.ts'
import { agentReport } from '../server/desk/reports/agents.ts'
import { agentsAvailabilityReport } from '../server/desk/reports/agents-availability.ts'
import { channelReport } from '../server/desk/reports/channels.ts'
import { departmentReport } from '../server/desk/reports/departments.ts'
import { loadReport } from '../server/desk/reports/load.ts'
import { performanceReport } from '../server/desk/reports/performance.ts'
import { listIntervals, type Range, type Unit, units } from '../server/desk/reports/range.ts'
import { listRanking } from '../server/desk/reports/ranking.ts'
import { complianceByDay } from '../server/desk/reports/sla.ts'
import { listAnsweredClocks } from '../server/desk/reports/sla-log.ts'
import { availabilityReport } from '../server/desk/reports/slots.ts'
import { tagReport } from '../server/desk/reports/tags.ts'
import {
  type Recount,
  recountAvailability,
  recountBy,
  recountClockLog,
  recountClocks,
  recountIntervals,
  recountLoad,
  recountRanking,
  recountStretches,
  recountTags,
} from './recounts.ts'

/** The largest page. */
const page = { offset: 0, limit: 1_000 }
const everywhere = { departmentIds: undefined, agentId: undefined }

export interface BenchedReport {
  name: string
  report(db: Reader, range: Range): Promise<unknown>
  recount: Recount
  /** A page may show less than the range: only that much is counted again. */
  unit?: Unit
}

const performances = units.map(
  (unit): BenchedReport => ({
    name: `performance by ${unit}`,
    report: (db, range) => performanceReport(db, systemActor, range, unit, page),
    recount: recountIntervals(unit),
    unit,
  }),
)

const ofService = (service: Service): BenchedReport[] => [
  {
    name: `${service}/load`,
    report: (db, range) => loadReport(db, service, everywhere, range, page),
    recount: recountLoad(service),
    unit: 'hour',
  },
  {
    name: `${service}/agentsavailability`,
    report: (db, range) => agentsAvailabilityReport(db, service, everywhere, range, page),
    recount: recountStretches(service),
  },
  ...(service === 'tickets'
    ? []
    : [
        {
          name: `${service}/availability`,
          report: (db: Reader, range: Range) => availabilityReport(db, service, everywhere, range, page),
          recount: recountAvailability(service),
          unit: 'hour' as const,
        },
      ]),
  {
    name: `${service}/slacompliance`,
    report: (db, range) => complianceByDay(db, { ...everywhere, service }, range, page),
    recount: recountClocks(service),
  },
  {
    name: `${service}/slalog`,
    report: (db, range) => listAnsweredClocks(db, systemActor, { ...everywhere, service }, range, page),
    recount: recountClockLog(service),
  },
]

export const reports: readonly BenchedReport[] = [
  { name: 'agents', report: (db, range) => agentReport(db, systemActor, range, page), recount: recountBy('agent_id') },
  {
    name: 'channels',
    report: (db, range) => channelReport(db, systemActor, range, page),
    recount: recountBy('channel'),
  },
  {
    name: 'departments',
    report: (db, range) => departmentReport(db, systemActor, range, page),
    recount: recountBy('department_id'),
  },
  { name: 'tags', report: (db, range) => tagReport(db, systemActor, range, page), recount: recountTags },
  ...performances,
  {
    name: 'ranking',
    report: (db, range) =>
      listRanking(db, systemActor, { grades: undefined, agentId: undefined, customerId: undefined }, range, page),
    recount: recountRanking,
  },
  ...(['tickets', 'chats', 'calls'] as const).flatMap(ofService),
]

/** The part of a range that a page of a report shows. */
export function shown({ unit }: BenchedReport, range: Range): Range {
  if (unit === undefined) return range
  const last = listIntervals(range, unit, page).at(-1)
  return { ...range, before: Math.min(range.before, last?.before ?? range.before) }
}
