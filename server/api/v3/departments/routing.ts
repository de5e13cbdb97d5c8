// /api/v3/departments/:id/routing
import { routingChangeSchema, routingSchema } from '../../../../contract/v3/routing.ts'
import type { Reader } from '../../../db/write.ts'
import { getDepartment } from '../../../desk/departments/departments.ts'
import { changeRouting, getRouting, type Routing } from '../../../desk/routing/settings.ts'
import { byId, v3 } from '../route.ts'

const wire = ({ strategy, offerSeconds, capacity }: Routing) => ({ strategy, offer_seconds: offerSeconds, capacity })

const viewOf = async (db: Reader, id: string) => ({
  chats: wire(await getRouting(db, id, 'chats')),
  calls: wire(await getRouting(db, id, 'calls')),
})

interface Change {
  strategy?: Routing['strategy'] | undefined
  offer_seconds?: number | undefined
  capacity?: number | undefined
}

const fromWire = (change: Change | undefined) =>
  change && { strategy: change.strategy, offerSeconds: change.offer_seconds, capacity: change.capacity }

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/departments/:id/routing',
    summary: 'How a department gives out chats and calls.',
    path: byId,
    answer: routingSchema,
    handle: async ({ app, path }) => {
      const db = app.database.reader
      return viewOf(db, (await getDepartment(db, path.id)).id)
    },
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/departments/:id/routing',
    summary: 'Changes how a department gives out chats and calls. For administrators.',
    path: byId,
    body: routingChangeSchema,
    answer: routingSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        const { id } = await getDepartment(tx, path.id)
        await changeRouting(tx, actor, id, { chats: fromWire(body.chats), calls: fromWire(body.calls) })
        return viewOf(tx, id)
      }),
  }),
]
