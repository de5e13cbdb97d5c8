// Which function lives through which step.
import type { Conversation } from '../../server/desk/conversations/conversation.ts'
import * as changes from './changes.ts'
import type { Done, Life } from './life.ts'
import { nth } from './nth.ts'
import type { Step } from './steps.ts'
import * as talks from './talks.ts'
import * as tickets from './tickets.ts'

export const live = (life: Life, step: Step): Promise<void> => life.live(step.pause, () => done(life, step))

/** One of the last conversations. */
function latest(life: Life, which: number): Conversation | undefined {
  const ids = [...life.conversations.keys()].slice(-5)
  return ids.length === 0 ? undefined : life.row(nth(ids, which))
}

async function done(life: Life, step: Step): Promise<Done> {
  switch (step.action) {
    case 'open':
    case 'openByAgent':
    case 'openResolved':
      return tickets.open(life, step)
    case 'deleteTag':
      return tickets.deleteTag(life, step)
    case 'undoMove':
      return tickets.undo(life, step)
    case 'rate':
      return tickets.rate(life, step)
    case 'removeRating':
      return tickets.unrate(life, step)
    case 'chatStart':
      return talks.chatStart(life, step)
    case 'chatAccept':
    case 'chatDecline':
    case 'chatTakeOver':
    case 'chatAnswer':
    case 'chatAsk':
    case 'chatToAgent':
    case 'chatToDepartment':
    case 'chatLeave':
    case 'chatEnd':
      return talks.chat(life, step)
    case 'sweepChats':
      return talks.sweep(life)
    case 'callIn':
      return talks.callIn(life, step)
    case 'callOut':
      return talks.callOut(life, step)
    case 'callInternal':
      return talks.callInternal(life, step)
    case 'callAnswer':
    case 'callDecline':
    case 'callRing':
    case 'callToAgent':
    case 'callToDepartment':
    case 'callAttended':
    case 'callStop':
    case 'callStopEarlier':
      return talks.call(life, step)
    case 'route':
      return talks.route(life)
    case 'online':
    case 'offline':
    case 'connect':
    case 'beat':
    case 'disconnect':
    case 'sweepPresence':
      return changes.presence(life, step)
    case 'presets':
      return changes.presets(life, step)
    case 'membership':
      return changes.membership(life, step)
    case 'level':
      return changes.level(life, step)
    case 'rule':
      return changes.rule(life, step)
    case 'removeLevel':
      return changes.dropLevel(life, step)
    case 'removeAgent':
      return changes.dropAgent(life, step)
    case 'removeDepartment':
      return changes.dropDepartment(life, step)
    case 'zone':
      return changes.zone(life, step)
    case 'roll':
      return changes.roll(life, step)
    case 'rebuild':
      return changes.rebuild(life)
    default: {
      const row = latest(life, step.which)
      // What was merged away is no place to do anything.
      return row && row.merged_into === null ? ofTicket(life, row, step) : {}
    }
  }
}

async function ofTicket(life: Life, row: Conversation, step: Step): Promise<Done> {
  const chat = life.seen.chats.get(row.id)
  const isChatting = chat !== undefined && chat.state !== 'ended'
  switch (step.action) {
    // In a chat, both sides write as they chat.
    case 'ask':
      return isChatting ? {} : tickets.ask(life, row, step)
    case 'answer':
      return isChatting ? {} : tickets.answer(life, row, step)
    case 'note':
      return tickets.note(life, row, step)
    case 'status':
      return tickets.status(life, row, step)
    case 'assign':
    case 'move':
    case 'assignAndMove':
      return tickets.hand(life, row, step)
    case 'priority':
      return tickets.priority(life, row, step)
    case 'tag':
    case 'untag':
      return tickets.tag(life, row, step)
    case 'callBack':
      return talks.callFrom(life, step, row.id)
    default:
      return tickets.carry(life, row, step)
  }
}
