// /api/v3/slalevels
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { slaLevelDraftSchema, slaLevelPatchSchema, slaLevelSchema } from '../../../contract/v3/slalevels.ts'
import { addLevel, changeLevel, getLevel, type Level, listLevels, removeLevel } from '../../desk/sla/levels.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (level: Level): z.input<typeof slaLevelSchema> => ({
  slalevelid: level.id,
  name: level.name,
  hours: level.hours,
  targets: level.targets,
  warn_before: level.warn_before,
  datecreated: instantText(level.created_at),
  datechanged: instantText(level.changed_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/slalevels',
    summary: 'The SLA levels by name. For administrators.',
    answer: z.object({ slalevels: z.array(slaLevelSchema) }),
    handle: async ({ app, actor }) => ({ slalevels: (await listLevels(app.database.reader, actor)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/slalevels',
    summary: 'Adds an SLA level. Rules give it to conversations. For administrators.',
    body: slaLevelDraftSchema,
    answer: slaLevelSchema,
    handle: async ({ app, actor, body }) => view(await app.database.write((tx) => addLevel(tx, actor, body))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/slalevels/:id',
    summary: 'One SLA level. For administrators.',
    path: byId,
    answer: slaLevelSchema,
    handle: async ({ app, actor, path }) => view(await getLevel(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/slalevels/:id',
    summary: 'Changes an SLA level; a job reckons open clocks anew, closed ones stay as they were. For administrators.',
    path: byId,
    body: slaLevelPatchSchema,
    answer: slaLevelSchema,
    handle: async ({ app, actor, path, body }) =>
      view(await app.database.write((tx) => changeLevel(tx, actor, path.id, body))),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/slalevels/:id',
    summary: 'Deletes an SLA level with its rules; its closed clocks stay in the reports. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeLevel(tx, actor, path.id))
      return DONE
    },
  }),
]
