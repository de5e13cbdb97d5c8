// /api/v3/settings
import { changeSettings, getSettings, settingsPatchSchema, settingsSchema } from '../../desk/settings/settings.ts'
import { Conflict } from '../../lib/errors.ts'
import { v3 } from './route.ts'

const answer = settingsSchema.meta({ id: 'Settings' })

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/settings',
    summary: 'The settings of this help desk.',
    answer,
    handle: async ({ app }) => ({
      ...(await getSettings(app.database.reader)),
      timezone: app.settings().timezone,
    }),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/settings',
    summary: 'Changes settings. For administrators.',
    body: settingsPatchSchema.meta({ id: 'SettingsPatch' }),
    answer,
    handle: async ({ app, actor, body }) => {
      if (body.timezone !== undefined && app.config.timezone !== undefined)
        throw new Conflict('The time zone is set by DESKHAND_TIMEZONE on the server: it cannot be changed here.')
      await app.database.write((tx) => changeSettings(tx, actor, body))
      await app.readSettings()
      return app.settings()
    },
  }),
]
