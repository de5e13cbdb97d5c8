// /api/v3/rawmails/:id/source
import { rawMailPath, rawMailSourceSchema } from '../../../../contract/v3/rawmails.ts'
import { getRawMail } from '../../../desk/mail/intake/find.ts'
import { readRaw } from '../../../desk/mail/intake/read-raw.ts'
import { Download, v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/rawmails/:id/source',
    summary: 'The mail byte for byte, as a file to be saved: never as something that a browser shows.',
    path: rawMailPath,
    answer: rawMailSourceSchema,
    handle: async ({ app, actor, path }) => {
      const mail = await getRawMail(app.database.reader, actor, path.id)
      return new Download(`mail-${mail.seq}.eml`, await readRaw(app, mail))
    },
  }),
]
