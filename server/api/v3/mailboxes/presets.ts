// /api/v3/mailboxes/presets
import { z } from 'zod'
import { plainText } from '../../../../contract/v3/kinds.ts'
import { mailboxPresetSchema } from '../../../../contract/v3/mailboxes.ts'
import { assertMayManageMailboxes } from '../../../desk/mailboxes/mailboxes.ts'
import { presetFor } from '../../../desk/mailboxes/presets.ts'
import { v3 } from '../route.ts'
import { presetView } from '../wire/mailbox.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/mailboxes/presets',
    summary: 'The usual servers for an address, to begin with. For administrators.',
    query: z.strictObject({ address: plainText(255).regex(/@[^\s@]+$/, 'must be an e-mail address') }),
    answer: mailboxPresetSchema,
    handle: async ({ actor, query }) => {
      assertMayManageMailboxes(actor)
      return presetView(presetFor(query.address))
    },
  }),
]
