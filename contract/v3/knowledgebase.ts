import { z } from 'zod'
import { instant, name, plainText } from './kinds.ts'

export const knowledgebaseSchema = z
  .object({
    kb_id: z.string(),
    name: z.string(),
    position: z.number().int().describe('Smaller comes first.'),
    datecreated: instant(),
  })
  .meta({ id: 'Knowledgebase' })

export const knowledgebaseDraftSchema = z.strictObject({
  name: name(),
  position: z.number().int().min(0).max(1_000_000).optional(),
})

export const knowledgebasePatchSchema = knowledgebaseDraftSchema.partial()

const count = (most: number, usual: number) => z.coerce.number().int().min(0).max(most).default(usual)

export const knowledgebaseQuerySchema = z.object({
  limit: count(500, 100),
  offset: count(Number.MAX_SAFE_INTEGER, 0),
})

const rtype = z.enum(['C', 'A', 'Q', 'R', 'G', 'S'])
const rstatus = z.enum(['N', 'C', 'P', 'D', 'I', 'U', 'L', 'S', 'X'])
const access = z.enum(['P', 'I'])

export const kbEntrySchema = z
  .object({
    kb_id: z.string(),
    kb_entry_id: z.string().describe('Digits.'),
    parent_entry_id: z.string().nullable().describe('Null: directly under the knowledge base.'),
    rtype: z
      .string()
      .describe('C category, A article, Q forum, R topic in a forum, G suggestion category, S suggestion in one.'),
    rstatus: z
      .string()
      .describe(
        'P published, D draft, U review, I init; suggestions and topics also N new, L planned, S started, C completed, X declined.',
      ),
    access: z.string().describe('P public, I internal.'),
    access_inherited: z.string().describe('I as soon as the entry or anything above it is internal.'),
    urlcode: z.string().describe('Six digits: with these its address begins.'),
    treepath: z.string().describe('Ids from the root to the parent: 0, 0|7, 0|7|16.'),
    rorder: z.number().int().describe('Place among its siblings: smaller comes first.'),
    title: z.string(),
    metadescription: z.string(),
    keywords: z.string(),
    content: z.string().describe('HTML without anything that runs.'),
    description: z.string(),
    conversationid: z.string().nullable().describe('The conversation that belongs to a suggestion or topic.'),
    departmentid: z.string().nullable(),
    views: z.number().int(),
    votes: z.number().int(),
    datecreated: instant(),
    datechanged: instant(),
    deleted: z.boolean().describe('Deleted topics and suggestions stay in lists.'),
    url: z.string(),
  })
  .meta({ id: 'KbEntry' })

const MAX_ID = 999_999_999_999_999
const IS_ID = 'must be the id of an entry: a whole number'

/** As a number or as the text that answers give; blank, null and 0 mean the top level. */
const parentId = z.preprocess(
  (value) =>
    value === null || value === '' ? 0 : typeof value === 'string' && /^\d{1,15}$/.test(value) ? +value : value,
  z.number(IS_ID).int(IS_ID).min(0, IS_ID).max(MAX_ID, IS_ID),
)

const fields = {
  kb_id: plainText(100).optional().describe('Without it: that of the parent, else kb_defa.'),
  parent_entry_id: parentId.optional().describe('A number, or its digits as text. Null or 0: the top level.'),
  rstatus: rstatus.optional().describe('Published unless said otherwise; suggestions begin as new.'),
  access: access.optional().describe('Public unless said otherwise.'),
  title: plainText().trim().min(1),
  content: plainText(2_000_000).optional().describe('HTML. What could run is taken out.'),
  keywords: plainText(10_000).optional(),
  metadescription: plainText(10_000).optional(),
  description: plainText(100_000).optional(),
  rorder: z.number().int().min(0).max(1_000_000_000).optional().describe('At the top unless said otherwise.'),
  departmentid: plainText(100)
    .nullish()
    .describe('Who answers what is asked in a forum or suggested in a category. Null: the default department.'),
}

export const kbEntryDraftSchema = z.strictObject({ rtype: rtype.default('A'), ...fields })

export const kbEntryPatchSchema = z.strictObject({ ...fields, title: fields.title.optional() })

export const kbEntryQuerySchema = z.object({
  kb_id: plainText(100).optional(),
  parent_entry_id: parentId.optional().describe('Only what lies directly in it, in its order; 0: the top level.'),
  rtype: rtype.optional(),
  rstatus: rstatus.optional(),
  conversationid: plainText(100).optional().describe('The entry that a conversation belongs to.'),
  deleted: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: what is left of deleted topics and suggestions, instead of what is there.'),
  limit: count(500, 100),
  offset: count(Number.MAX_SAFE_INTEGER, 0),
})

export const kbSearchQuerySchema = z.object({
  query: z.string().max(10_000).describe('All words must occur, the last one as the beginning of a word.'),
  kb_id: plainText(100).optional(),
  top_entry_id: parentId.optional().describe('Only this entry and what lies below it.'),
  access: access.optional().describe('P: only what visitors may read.'),
  limit: count(500, 10),
})

export const kbFoundSchema = z
  .object({
    kb_id: z.string(),
    kb_entry_id: z.string(),
    rtype: z.string(),
    rstatus: z.string(),
    access_inherited: z.string(),
    treepath: z.string(),
    title: z.string(),
    preview: z.string().describe('The beginning of the text.'),
    conversationid: z.string().nullable(),
    datechanged: instant(),
    url: z.string(),
  })
  .meta({ id: 'KbFound' })
