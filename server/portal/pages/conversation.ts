// index.php?type=my_tickets&cid={publicurlcode}: a conversation for whoever holds its public link.

import type { Reader } from '../../db/write.ts'
import { type Attachment, parseAttachment } from '../../desk/conversations/attachments.ts'
import type { Conversation } from '../../desk/conversations/conversation.ts'
import type { Message } from '../../desk/conversations/history.ts'
import { messageTypes } from '../../desk/conversations/letters.ts'
import { findPublicConversation, listPublicHistory, type PublicGroup } from '../../desk/conversations/public.ts'
import { findMergedPlace } from '../../desk/conversations/public-merged.ts'
import { shownHtml } from '../../http/shown-html.ts'
import { NotFound } from '../../lib/errors.ts'
import { type Content, html, type Markup } from '../../lib/markup.ts'
import type { Page, Site } from '../layout.ts'
import { conversationPath, filePath } from '../links.ts'
import { fileSize, moment, plainText, richText } from '../words.ts'

const GROUPS_ON_A_PAGE = 100
const MAX_PAGES = 10_000
/** A mail of many megabytes would stop a reader's browser, and it is a log or a mistake. */
const MAX_BODY = 1_000_000

/** Statuses in the words of somebody who waits for an answer. Spam is not called so to the face of its sender. */
const statusWords: Record<string, string> = {
  N: 'New, waiting for an answer',
  I: 'New, waiting for an answer',
  C: 'Open, waiting for an answer',
  A: 'Answered',
  W: 'On hold',
  R: 'Resolved',
  L: 'Closed',
  B: 'Closed',
  T: 'Chat in progress',
  P: 'Call in progress',
}

/** The page has another address now. */
export interface Elsewhere {
  elsewhere: string
}

/** `earlier`: how many pages back from the newest. */
export async function conversationPage(
  db: Reader,
  site: Site,
  publicCode: string,
  earlier: number,
): Promise<Page | Elsewhere> {
  const found = await findPublicConversation(db, publicCode)
  const merged = found && (await findMergedPlace(db, found))
  if (!found || merged?.kind === 'gone')
    throw new NotFound('There is no conversation at this address. Is the link complete?')
  if (merged?.kind === 'all') return { elsewhere: conversationPath(merged.publicCode) }
  // Of one that was merged into somebody else's, its own messages, wherever they are now; under its own name.
  const conversation = merged ? { ...found, status: merged.conversation.status } : found
  const pagesBack = Number.isInteger(earlier) ? Math.min(Math.max(earlier, 0), MAX_PAGES) : 0
  const history = await listPublicHistory(db, merged?.conversation ?? found, {
    limit: GROUPS_ON_A_PAGE,
    offset: pagesBack * GROUPS_ON_A_PAGE,
    only: merged?.groupSeqs,
  })
  const messages = await Promise.all(history.groups.map((group) => message(group, conversation, site)))
  const title = conversation.subject.trim() || 'Conversation'
  return {
    title,
    body: html`<h1>${title}</h1>
${facts(conversation, site)}
${history.hasEarlier && html`<p class="more"><a href="${conversationPath(publicCode, pagesBack + 1)}">Earlier messages</a></p>`}
${messages.length > 0 ? html`<ol class="messages">${messages}</ol>` : html`<p class="note">There are no messages here yet.</p>`}
${pagesBack > 0 && html`<p class="more"><a href="${conversationPath(publicCode, pagesBack - 1)}">Newer messages</a></p>`}`,
  }
}

const facts = (conversation: Conversation, { zone }: Site): Markup =>
  html`<dl class="facts">
<div><dt>Status</dt><dd>${statusWords[conversation.status] ?? 'Open'}</dd></div>
<div><dt>Number</dt><dd>${conversation.code}</dd></div>
<div><dt>Opened</dt><dd>${moment(conversation.created_at, zone)}</dd></div>
<div><dt>Time zone</dt><dd>${zone}</dd></div>
</dl>`

async function message(group: PublicGroup, conversation: Conversation, site: Site): Promise<Markup> {
  const role = group.byAgent ? 'Support' : 'Customer'
  const files = group.messages.flatMap(({ rtype, body }) =>
    rtype === messageTypes.file ? (parseAttachment(body) ?? []) : [],
  )
  const texts = await Promise.all(group.messages.map((each) => part(each, conversation, site)))
  return html`<li><article class="message${group.byAgent && ' agent'}">
<header><h2>${group.author ?? role}${group.author !== null && html` <span class="role">${role}</span>`}</h2>${moment(group.created_at, site.zone)}</header>
${texts}
${files.length > 0 && html`<ul class="files" aria-label="Attached files">${files.map((file) => attachment(file, conversation))}</ul>`}
</article></li>`
}

/** What was written stands open; what it quotes and its signature are folded away. */
async function part(message: Message, conversation: Conversation, site: Site): Promise<Content> {
  const { rtype } = message
  if (rtype === messageTypes.message) return text(message, conversation, site)
  const name = rtype === messageTypes.quote ? 'Quoted text' : rtype === messageTypes.footer ? 'Signature' : undefined
  if (name === undefined) return null
  return html`<details class="folded"><summary>${name}</summary>${await text(message, conversation, site)}</details>`
}

async function text({ body, is_html }: Message, conversation: Conversation, site: Site): Promise<Content> {
  if (!is_html) return plainText(body.length > MAX_BODY ? `${body.slice(0, MAX_BODY)} …` : body)
  if (body.length > MAX_BODY) return html`<p class="note">This message is too long to be shown here.</p>`
  const shown = await shownHtml(body, {
    publicUrl: site.publicUrl,
    file: (id) => filePath(id, conversation.public_code),
    // Pictures from elsewhere would tell their senders who reads when.
    remote: () => undefined,
  })
  return richText(shown.html)
}

const attachment = (file: Attachment, { public_code }: Conversation): Markup =>
  html`<li><a href="${filePath(file.fileid, public_code)}">${file.filename}</a> <span class="soft">${fileSize(file.filesize)}</span></li>`
