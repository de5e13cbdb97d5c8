// What customers say of the work of agents: mostly good, sometimes why, and now and then something else the next day.
import type { Grade } from '../desk/ratings/ratings.ts'
import type { Frame } from './frame.ts'
import { type Phrase, phrase, say } from './grammar.ts'
import type { PlannedConversation, TicketStep } from './plan.ts'

const MINUTE = 60_000
const DAY = 86_400_000

type Comments = Record<Grade, readonly [Phrase, ...Phrase[]]>

const english: Comments = {
  good: [
    phrase('[Quick|Friendly] and to the point. [Thank you!|Thanks!]'),
    phrase('{first} says: [ten out of ten|five stars|better than I expected].'),
    phrase('[Somebody who reads what I write.|No copy and paste, a real answer.]'),
    phrase('[Solved within minutes.|It works again.] [Great service|I will order again]!'),
  ],
  bad: [
    phrase('[It took too long.|I waited for days.] [A pity.|Not what I expected.]'),
    phrase('I had to explain [it twice|everything again], and [it is still not solved|nothing has changed].'),
    phrase('[Polite|Friendly], but [not helpful|no help at all].'),
  ],
}

const german: Comments = {
  good: [
    phrase('[Schnell und freundlich|Sehr freundlich], [vielen Dank|danke schön]!'),
    phrase('[Problem gelöst|Alles geklärt], [gerne wieder|so soll es sein].'),
    phrase('[Endlich jemand, der sich auskennt.|Sehr gut erklärt, auch für Laien.]'),
  ],
  bad: [
    phrase('[Hat leider zu lange gedauert.|Drei Tage auf eine Antwort gewartet.]'),
    phrase('[Freundlich, aber das Problem besteht weiter.|Meine Frage wurde nicht beantwortet.]'),
  ],
}

/** The conversation with what its customer says of the last thing that was done for him, if anything. */
export function withRating(frame: Frame, planned: PlannedConversation): PlannedConversation {
  const { random, until, mix } = frame
  const work = lastWork(planned)
  if (!work || !random.chance(mix.ratings * (work.isChat ? 0.25 : work.isCall ? 0.06 : 0.12))) return planned
  const isAtOnce = work.isChat && random.chance(0.7)
  const at = work.at + (isAtOnce ? 20_000 + random.int(100_000) : 5 * MINUTE + Math.round(random.next() ** 3 * 2 * DAY))
  const source = isAtOnce ? 'chat' : 'link'
  const first = opinion(frame, random.chance(work.isCall ? 0.94 : 0.87) ? 'good' : 'bad')
  const rates: TicketStep[] = [{ kind: 'rate', at, by: 'customer', source, ...first }]
  if (random.chance(0.05 * mix.ratings)) {
    const second = opinion(frame, first.grade === 'good' ? 'bad' : 'good')
    rates.push({ kind: 'rate', at: at + 10 * MINUTE + random.int(3 * DAY), by: 'customer', source: 'link', ...second })
  }
  const said = rates.filter((step) => step.at <= until)
  if (said.length === 0) return planned
  return { ...planned, steps: [...planned.steps, ...said].sort((a, b) => a.at - b.at) }
}

function opinion({ random, customer }: Frame, grade: Grade): { grade: Grade; comment: string | undefined } {
  if (!random.chance(grade === 'good' ? 0.3 : 0.6)) return { grade, comment: undefined }
  const comments = customer.language === 'de' ? german : english
  return { grade, comment: say(random.pick(comments[grade]), { first: customer.firstname }, random) }
}

interface Work {
  at: number
  isChat: boolean
  isCall: boolean
}

/** The last answer, chat or call of an agent. Of what is spam or deleted, nobody is asked. */
function lastWork({ at, by, live, steps }: PlannedConversation): Work | undefined {
  if (steps.some((step) => step.kind === 'status' && (step.status === 'B' || step.status === 'X'))) return undefined
  const answer = steps.findLast((step) => step.kind === 'message' && step.by !== 'customer')
  if (answer) return { at: answer.at, isChat: false, isCall: false }
  if (!live) return by === 'customer' ? undefined : { at, isChat: false, isCall: false }
  const end = live.steps.at(-1)
  const isTaken = live.steps.some(({ kind }) => kind === 'take')
  if (!end || !isTaken || live.kind === 'internal') return undefined
  return { at: end.at, isChat: live.kind === 'chat', isCall: live.kind !== 'chat' }
}
