// /api/v3/rawmails
import { z } from 'zod'
import { rawMailPath, rawMailQuerySchema, rawMailRowSchema, rawMailSchema } from '../../../contract/v3/rawmails.ts'
import { getRawMail, listRawMails, rawCursor, whyThreaded } from '../../desk/mail/intake/find.ts'
import { HEAD_BYTES } from '../../desk/mail/intake/head.ts'
import { readRaw } from '../../desk/mail/intake/read-raw.ts'
import { v3 } from './route.ts'
import { rawMailDetail, rawMailEnvelope, rawMailHeaders, rawMailRow } from './wire/raw-mail.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/rawmails',
    summary: 'Mails as they came in, newest first, with what became of each.',
    query: rawMailQuerySchema,
    answer: z.object({ rawmails: z.array(rawMailRowSchema), next_cursor: z.string().nullable() }),
    handle: async ({ app, actor, query }) => {
      const { mailboxid: mailboxId, conversationid: conversationId, ...others } = query
      const rows = await listRawMails(app.database.reader, actor, { ...others, mailboxId, conversationId })
      const last = rows.at(-1)
      return {
        rawmails: rows.map(rawMailRow),
        next_cursor: last && rows.length === query.limit ? rawCursor(last) : null,
      }
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/rawmails/:id',
    summary: 'One mail as it came in: what became of it and why, and its headers.',
    path: rawMailPath,
    answer: rawMailSchema,
    handle: async ({ app, actor, path }) => {
      const db = app.database.reader
      const mail = await getRawMail(db, actor, path.id)
      return {
        ...rawMailRow(mail),
        attempts: mail.attempts,
        detail: rawMailDetail(mail),
        thread_reason: (await whyThreaded(db, mail)) ?? null,
        envelope: rawMailEnvelope(mail),
        headers: rawMailHeaders(await readRaw(app, mail, HEAD_BYTES)),
      }
    },
  }),
]
