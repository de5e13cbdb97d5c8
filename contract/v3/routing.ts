import { z } from 'zod'

const fields = {
  strategy: z
    .enum(['round-robin', 'least-busy'])
    .describe('Whom to ask next: who was not asked for longest, or who has least to do.'),
  offer_seconds: z.int().min(5).max(600).describe('How long an agent is asked before the next one is.'),
  capacity: z.int().min(1).max(100).describe('How many an agent has at once, unless his own capacity says otherwise.'),
}

const serviceSchema = z.object(fields).meta({ id: 'ServiceRouting' })
const changeSchema = z.strictObject(fields).partial().meta({ id: 'ServiceRoutingChange' })

export const routingSchema = z.object({ chats: serviceSchema, calls: serviceSchema }).meta({ id: 'Routing' })
export const routingChangeSchema = z
  .strictObject({ chats: changeSchema, calls: changeSchema })
  .partial()
  .meta({ id: 'RoutingChange' })

const capacity = () => z.int().min(0).max(100).nullable().describe('Null: as the department says. 0: none.')

export const capacitiesSchema = z.object({ chats: capacity(), calls: capacity() }).meta({ id: 'Capacities' })
export const capacitiesChangeSchema = z
  .strictObject({ chats: capacity(), calls: capacity() })
  .partial()
  .meta({ id: 'CapacitiesChange' })
