// How a raw mail came, from its row.
import { z } from 'zod'
import type { Envelope } from '../intake/keep-raw.ts'

const envelopeSchema = z.object({
  from: z.string().optional(),
  to: z.array(z.string()).optional(),
  client: z.object({ address: z.string(), name: z.string().optional() }).optional(),
  folder: z.string().optional(),
  uid: z.number().optional(),
})

export function envelopeOf({ envelope }: { envelope: string }): Envelope {
  const { client, ...others } = envelopeSchema.parse(JSON.parse(envelope))
  return { ...others, client: client && { address: client.address, name: client.name } }
}
