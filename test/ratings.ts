// Answers that can be rated, and customers who rate them as a browser would.
import { systemActor } from '../server/desk/actor.ts'
import { getConversation } from '../server/desk/conversations/conversation.ts'
import { listHistory } from '../server/desk/conversations/history.ts'
import { groupTypes } from '../server/desk/conversations/letters.ts'
import { ratingPath, ratingToken } from '../server/desk/mail/rating-links.ts'
import { idOfRow } from '../server/lib/ids.ts'
import type { TestDesk } from './desk.ts'
import { aConversation, type OpenedConversation } from './people.ts'

export interface AnAnswer extends OpenedConversation {
  groupSeq: number
  messagegroupid: string
  /** The path of its link. */
  path: string
}

/** A conversation that an agent has answered. */
export async function anAnswer(desk: TestDesk, userid: string, fields: Record<string, string> = {}): Promise<AnAnswer> {
  const opened = await aConversation(desk, fields)
  return { ...opened, ...(await answer(desk, opened.conversationid, userid)) }
}

/** Another answer in a conversation. */
export async function answer(desk: TestDesk, conversationid: string, userid: string) {
  const reply = await desk.v1('POST', `conversations/${conversationid}/messages`, {
    message: 'Pull the plug.',
    useridentifier: userid,
  })
  if (reply.status !== 200) throw new Error(reply.text)
  const db = desk.app.database.reader
  const history = await listHistory(db, await getConversation(db, systemActor, conversationid))
  const groupSeq = history.findLast(({ rtype }) => rtype === groupTypes.outgoing)?.seq ?? 0
  const path = ratingPath(ratingToken(desk.app.installation.secret, groupSeq))
  return { groupSeq, messagegroupid: idOfRow(groupSeq), path }
}

let addresses = 0
/** A network address that nobody had before: limits count for each. */
const newAddress = (): string => {
  addresses++
  return `10.9.${addresses >> 8}.${addresses & 255}`
}

export interface Shown {
  status: number
  text: string
  headers: Record<string, unknown>
}

export async function look(
  desk: TestDesk,
  path: string,
  { method = 'GET', from = newAddress() }: { method?: 'GET' | 'HEAD'; from?: string } = {},
): Promise<Shown> {
  const reply = await desk.app.http.inject({ method, url: path, remoteAddress: from })
  return { status: reply.statusCode, text: reply.body, headers: reply.headers }
}

/** Sends the form of the page. */
export async function rate(
  desk: TestDesk,
  path: string,
  fields: Record<string, string>,
  { from = newAddress(), headers = {} }: { from?: string; headers?: Record<string, string> } = {},
): Promise<Shown> {
  const reply = await desk.app.http.inject({
    method: 'POST',
    url: path,
    remoteAddress: from,
    // What browsers say of a form on a page that gives away no referrer.
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'null', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
  return { status: reply.statusCode, text: reply.body, headers: reply.headers }
}

/** What is stored about the ratings of a conversation: all rows, the facts in their order, and the messages. */
export async function storedRatings(desk: TestDesk, conversationid: string) {
  const db = desk.app.database.reader
  const facts = await db
    .selectFrom('facts')
    .select(['kind', 'at', 'agent_id', 'department_id', 'channel', 'conversation_id'])
    .where('kind', 'like', 'rated%')
    .where('conversation_id', '=', conversationid)
    .orderBy('seq')
    .execute()
  return {
    rows: await db.selectFrom('ratings').selectAll().where('conversation_id', '=', conversationid).execute(),
    facts,
    kinds: facts.map(({ kind }) => kind),
    messages: await db
      .selectFrom('messages')
      .select(['rtype', 'body', 'is_html', 'group_seq', 'user_id'])
      .where('conversation_id', '=', conversationid)
      .where('rtype', 'in', ['P', 'W', 'C'])
      .orderBy('seq')
      .execute(),
  }
}
