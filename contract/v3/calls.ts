// Calls on our own API: for the telephony side, and for agents' panels.
import { z } from 'zod'
import { instant, name, plainText } from './kinds.ts'

const directions = ['incoming', 'outgoing', 'internal'] as const
const states = ['queued', 'ringing', 'talking', 'offline', 'ended'] as const

/** Numbers, or whatever the telephony side has in their place: `anonymous`, `sip:ada@example.com`. */
const number = () => plainText(100).trim()
const agent = () =>
  plainText(255).min(1).optional().describe('Userid, contactid or e-mail. An agent who signs in is meant himself.')
const reference = () => plainText(200).trim().min(1).optional()

export const recordingSchema = z
  .object({
    reference: z.string().describe('What the telephony side calls it.'),
    kind: z.enum(['recording', 'voicemail']),
    fileid: z.string().describe('Read it as any file of the conversation.'),
    name: z.string(),
    type: z.string(),
    size: z.number().int(),
    datecreated: instant(),
  })
  .meta({ id: 'Recording' })

export const callSchema = z
  .object({
    callid: z.string(),
    conversationid: z.string(),
    messagegroupid: z.string().describe('Where its history stands in the conversation.'),
    departmentid: z.string(),
    direction: z.enum(directions),
    state: z
      .enum(states)
      .describe(
        '`queued` nobody is asked now, `ringing`, `talking`, `offline` nobody is there to take it: it may leave a voicemail, `ended`.',
      ),
    agentid: z.string().nullable().describe('Userid of who has it, had it last, or makes it; null: nobody yet.'),
    caller: z.string(),
    callee: z.string(),
    reference: z.string().nullable().describe('What the telephony side calls it.'),
    offers: z
      .array(
        z.object({
          agentid: z.string(),
          state: z.enum(['ringing', 'talking', 'ended']),
          outcome: z
            .string()
            .nullable()
            .describe(
              '`declined`, `rung-out` (also: went offline), `left` the caller hung up, `taken` by a colleague, `withdrawn`, `done`, `handed-on`.',
            ),
          dateoffered: instant(),
          dateuntil: instant().nullable().describe('Rings until then.'),
        }),
      )
      .describe('Who is asked to take it, or has it, and who was asked before; oldest first.'),
    recordings: z.array(recordingSchema).describe('Oldest first.'),
    datestarted: instant(),
    datequeued: instant().describe('Since when whoever calls waits, or waited last.'),
    dateanswered: instant().nullable().describe('When it was answered first.'),
    dateended: instant().nullable(),
    endedby: z.string().nullable().describe('`caller`, `callee`, `agent` or `system`.'),
    seconds: z.number().int().describe('Of talk; while it lasts, of what has been handed on.'),
    dateexpires: instant().nullable().describe('Without another request about it, it counts as lost then.'),
  })
  .meta({ id: 'Call' })

const department = () => plainText(100).min(1).optional().describe('Id.')
const its = {
  reference: reference().describe("The telephony side's own id of the call: said again, it is the same call."),
}

export const callDraftSchema = z
  .discriminatedUnion('direction', [
    z.strictObject({
      direction: z.literal('incoming'),
      ...its,
      caller: number().default('').describe('The number of whoever calls; empty: it is withheld.'),
      callee: number().optional().describe('The number that was called.'),
      name: name().optional().describe('Of whoever calls, if nobody with this number is known.'),
      department: department().describe('Id; `default` unless given.'),
      agent: agent().describe('Is asked first.'),
      channel_type: z.enum(['C', 'W']).optional().describe('`C` call (default), `W` call button.'),
    }),
    z.strictObject({
      direction: z.literal('outgoing'),
      ...its,
      agent: agent().describe('Who calls. An agent who signs in calls himself.'),
      callee: number().min(1).optional().describe("The number; the first one of the ticket's customer unless given."),
      name: name().optional().describe('Of whoever is called, if nobody with this number is known.'),
      conversationid: plainText(100)
        .min(1)
        .optional()
        .describe('The ticket to call back from; a new one unless given.'),
      department: department().describe("Id, for a new ticket; one of the agent's unless given."),
    }),
    z.strictObject({
      direction: z.literal('internal'),
      ...its,
      agent: agent().describe('Who calls. An agent who signs in calls himself.'),
      callee: plainText(255).min(1).describe('The colleague: userid, contactid or e-mail.'),
      conversationid: plainText(100).min(1).optional().describe('The ticket that it is about.'),
      department: department().describe('Id, without a ticket; one that both work in unless given.'),
    }),
  ])
  .meta({ id: 'CallDraft' })

export const callFilterSchema = z.strictObject({
  state: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .transform((parts) => (parts.length === 0 ? undefined : [...new Set(parts)]))
    .pipe(z.array(z.enum(states)).optional())
    .optional()
    .describe('Comma-separated.'),
  conversationid: plainText(100).min(1).optional(),
  department: plainText(100).min(1).optional().describe('Id.'),
  agent: plainText(255)
    .min(1)
    .optional()
    .describe('Userid, contactid or e-mail of who has it, had it last, or makes it.'),
  reference: plainText(200).min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(100).optional().describe('`next_cursor` of the page before.'),
})

export const callPageSchema = z
  .object({
    calls: z.array(callSchema).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Continues the list; null: this was the last page.'),
  })
  .meta({ id: 'CallPage' })

export const callAgentSchema = z.strictObject({ agent: agent() }).meta({ id: 'CallAgent' })

export const callRefusalSchema = z
  .strictObject({
    agent: agent(),
    outcome: z
      .enum(['declined', 'rung-out'])
      .optional()
      .describe('`declined` (default), `rung-out`: nobody picked up, or the line is busy.'),
  })
  .meta({ id: 'CallRefusal' })

export const callTransferSchema = z
  .strictObject({
    agent: plainText(255).min(1).optional().describe('The colleague who is asked to take it.'),
    department: department().describe('Id. Left out: it stays where it is. Alone: whoever is next there is asked.'),
    attended: z
      .boolean()
      .optional()
      .describe('True: whoever has it keeps it until the colleague picks up. Else he lets go of it at once.'),
    note: plainText(100_000).min(1).optional(),
  })
  .meta({ id: 'CallTransfer' })

export const callStopSchema = z
  .strictObject({
    by: z.enum(['caller', 'callee', 'agent', 'system']).optional().describe('Who hung up; `system` unless given.'),
    // The clock of a PBX may tell local time.
    at: z.iso
      .datetime({
        offset: true,
        error: 'must be an instant, such as 2026-01-31T09:30:00Z or 2026-01-31T10:30:00+01:00',
      })
      .optional()
      .describe('When it really ended, if that is not now.'),
  })
  .meta({ id: 'CallStop' })

export const callStatusSchema = z
  .strictObject({
    seconds: z
      .int()
      .min(10)
      .max(86_400)
      .optional()
      .describe('If nothing else is said about the call within so many seconds, it is lost.'),
  })
  .meta({ id: 'CallStatus' })

export const recordingDraftSchema = z
  .strictObject({
    reference: reference().describe("The telephony side's own id of the recording; its name unless given."),
    kind: z.enum(['recording', 'voicemail']).default('recording'),
    name: plainText(4_000).min(1).optional(),
    type: plainText(255).optional().describe('MIME type: `audio/…`.'),
    data: z
      .union([z.string(), z.instanceof(Uint8Array)], 'must be base64 text, or a file part of a multipart form')
      .optional()
      .describe('Base64, or a file part of a multipart form.'),
    downloadUrl: plainText(4_000).optional().describe('Or the address to fetch it from.'),
  })
  .meta({ id: 'RecordingDraft' })
