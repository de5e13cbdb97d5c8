// Whether a mail that a mailbox sends to itself comes back, and would find its conversation.
import { systemActor } from '../../desk/actor.ts'
import type { MailDesk } from '../../desk/mail/mail-desk.ts'
import type { ProbeWay } from '../../desk/mail/round-trip/probe.ts'
import { makeRoundTrip, type RoundTrip, type Waiting } from '../../desk/mail/round-trip/round-trip.ts'
import { incomingOf, type Mailbox, outgoingOf } from '../../desk/mailboxes/mailbox.ts'
import { listMailboxes } from '../../desk/mailboxes/mailboxes.ts'
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts'

/** Begins a wait for a mail; what it gives hears of each look, and of its end. */
export type Watching = (about: string, seconds: number) => { look(waitedMs: number): void; end(): void }

export interface RoundTripOptions extends Pick<Waiting, 'patienceMs' | 'pauseMs'> {
  watch: Watching
}

export async function checkRoundTrips(desk: MailDesk, options: RoundTripOptions): Promise<Finding[]> {
  const mailboxes = (await listMailboxes(desk.database.reader, systemActor)).filter(({ is_active }) => is_active === 1)
  if (mailboxes.length === 0) return [fail(ABOUT, 'there is no mailbox to try', 'Add one: npx deskhand mailbox add')]
  const findings: Finding[] = []
  for (const mailbox of mailboxes) findings.push(...(await checkMailbox(desk, mailbox, options)))
  return findings
}

const ABOUT = 'round trip'

async function checkMailbox(desk: MailDesk, mailbox: Mailbox, options: RoundTripOptions): Promise<Finding[]> {
  const [incoming, outgoing] = [incomingOf(mailbox), outgoingOf(mailbox)]
  const { address } = mailbox
  if (!incoming || !outgoing) {
    const lacks = incoming ? 'no server that sends' : 'no server to fetch from'
    return [warn(ABOUT, `${address} cannot be tried: it has ${lacks}`, 'Write to it by hand, and see what comes.')]
  }
  const findings: Finding[] = []
  for (const way of waysOf(mailbox)) {
    const watched = options.watch(`${address}, ${WAYS[way]}`, Math.ceil(options.patienceMs / 1_000))
    const trip = await makeRoundTrip(desk, { mailbox, incoming, outgoing }, way, { ...options, onLook: watched.look })
      .finally(watched.end)
      .catch((error: unknown) => ({ kind: 'unsent' as const, says: reasonOf(error) }))
    findings.push(...findingsOf(address, way, trip))
  }
  return findings
}

const waysOf = (mailbox: Mailbox): ProbeWay[] => (mailbox.plus_address === 1 ? ['headers', 'address'] : ['headers'])

const WAYS: Record<ProbeWay, string> = { headers: 'by its headers', address: 'by its reply address' }

function findingsOf(address: string, way: ProbeWay, trip: RoundTrip): Finding[] {
  if (trip.kind === 'unsent')
    return [fail(ABOUT, `${address}: ${trip.says}`, way === 'address' ? NO_PLUS : 'npx deskhand mailbox test')]
  if (trip.kind === 'unreachable') return [fail(ABOUT, `${address}: ${trip.says}`, 'npx deskhand mailbox test')]
  if (trip.kind === 'lost') {
    const says = `${address}: sent (${WAYS[way]}), and not back after ${Math.round(trip.waitedMs / 1_000)} s`
    return [fail(ABOUT, says, way === 'address' ? NO_PLUS : LOST)]
  }
  const changes = trip.changes.join(' ')
  const seconds = `${(trip.tookMs / 1_000).toFixed(1)} s`
  const findings: Finding[] = []
  if (!trip.isThreaded)
    findings.push(
      fail(ABOUT, `${address}: back, but would open a new conversation. ${changes || trip.reason}`, NOT_THREADED[way]),
    )
  else if (changes) findings.push(warn(ABOUT, `${address}: back and threaded, but changed. ${changes}`, CHANGED))
  else findings.push(ok(ABOUT, `${address}: back after ${seconds} and threaded ${WAYS[way]}`))
  if (!trip.isFetched)
    findings.push(
      warn(ABOUT, `${address}: it lay in '${trip.folder}', which is not fetched`, 'Fetch it, or change the filter.'),
    )
  if (!trip.isRemoved)
    findings.push(
      warn(ABOUT, `${address}: the mail could not be removed from '${trip.folder}'`, 'Delete it: Deskhand check …'),
    )
  return findings
}

const NO_PLUS = 'The server does not deliver name+anything@domain: switch plus_address off, or on at the server.'
const LOST =
  'Look whether the address belongs to the mailbox that is fetched, into its spam, and into the log of the server.'
const CHANGED = 'Ask for a relay that leaves Message-ID, In-Reply-To and References alone: clients thread by them.'
const NOT_THREADED: Record<ProbeWay, string> = {
  headers: 'Use a relay that leaves In-Reply-To and References alone, or switch plus_address on.',
  address: 'The server changes the address that a mail was sent to: switch plus_address off.',
}
