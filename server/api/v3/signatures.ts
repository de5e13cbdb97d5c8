// /api/v3/signatures
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { signatureDraftSchema, signatureSchema } from '../../../contract/v3/signatures.ts'
import { listSignatures, type Signature, setSignature } from '../../desk/mail/templates/signatures.ts'
import { sanitiseHtml } from '../../lib/html.ts'
import { DONE, deletedSchema, v3 } from './route.ts'

const view = ({ department_id, agent_id, html, changed_at }: Signature): z.input<typeof signatureSchema> => ({
  departmentid: department_id || null,
  userid: agent_id || null,
  html,
  datechanged: instantText(changed_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/signatures',
    summary: 'Signatures: agents see their own and those of their departments.',
    answer: z.object({ signatures: z.array(signatureSchema) }),
    handle: async ({ app, actor }) => ({
      signatures: (await listSignatures(app.database.reader, actor)).map(view),
    }),
  }),
  v3({
    method: 'PUT',
    url: '/api/v3/signatures',
    summary: 'Sets a signature, or removes it. Agents set their own; those of departments are for administrators.',
    body: signatureDraftSchema,
    answer: deletedSchema,
    handle: async ({ app, actor, body }) => {
      const html = await sanitiseHtml(body.html)
      const place = { departmentId: body.departmentid ?? '', agentId: body.userid ?? '' }
      await app.database.write((tx) => setSignature(tx, actor, place, html))
      return DONE
    },
  }),
]
