// Memberships in customer groups, as our own API shows and takes them.
import type { z } from 'zod'
import type { memberGroupSchema, memberGroupsDraftSchema } from '../../../../contract/v3/customersgroups.ts'
import type { GroupName, GroupReference } from '../../../desk/customers/groups.ts'

export const memberGroup = ({ id, name }: GroupName): z.input<typeof memberGroupSchema> => ({
  groupid: id,
  groupname: name,
})

/** What was sent as groups; the id counts where there are both. */
export const groupReferences = (groups: z.output<typeof memberGroupsDraftSchema> | undefined) =>
  groups?.map((group): GroupReference => {
    if (typeof group === 'string') return { id: group }
    return 'groupid' in group ? { id: group.groupid } : { name: group.groupname }
  })
