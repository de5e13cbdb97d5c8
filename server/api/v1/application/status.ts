// GET /api/application/status
import { z } from 'zod'
import { API_GENERATION, VERSION } from '../../../version.ts'
import { v1 } from '../route.ts'
import { toDate } from '../wire/dates.ts'

export const routes = [
  // Plug-ins ping with this call, and refuse servers whose `liveagentversion` is too old for them.
  v1('GET', '/api/application/status', z.object({}), async ({ app, zone }) => ({
    liveagentversion: API_GENERATION,
    gpfversion: VERSION,
    dateinstalled: toDate(app.installation.installed_at, zone),
    datelatestupdate: toDate(app.installation.updated_at, zone),
    current_server_time: toDate(Date.now(), zone),
  })),
]
