import { z } from 'zod'
import { color, instant, name, plainText } from './kinds.ts'

export const customersGroupSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    color: z.string().describe('Six hex digits, text.'),
    bg_color: z.string().describe('Six hex digits, background.'),
    datecreated: instant(),
  })
  .meta({ id: 'CustomersGroup' })

export const customersGroupDraftSchema = z.strictObject({
  name: name(),
  color: color().optional(),
  bg_color: color().optional(),
})

export const customersGroupPatchSchema = customersGroupDraftSchema.partial()

/** A group as its members show it. */
export const memberGroupSchema = z.object({ groupid: z.string(), groupname: z.string() }).meta({ id: 'MemberGroup' })

/** The groups that a member shall be in: what a member shows can be sent back, and an id alone will do. */
export const memberGroupsDraftSchema = z
  .array(
    z.union(
      [
        plainText(100),
        z.strictObject({ groupid: plainText(100), groupname: name().optional() }),
        z.strictObject({ groupname: name() }),
      ],
      'must be the id of a group, or an object with groupid or groupname',
    ),
  )
  .max(200)
  .describe('Ids of groups, or objects with a groupid or a groupname. A name that is not known becomes a group.')
