// The codes of conversations that are stored together.
import { newCode, newPublicCode } from '../lib/ids.ts'
import { type Portion, rowCount, shapes } from './tables.ts'

/** They rise from row to row, so that neighbours share pages of their indexes. */
export const newCodes = (count: number): { codes: string[]; publicCodes: string[] } => ({
  codes: Array.from({ length: count }, newCode).sort(),
  publicCodes: Array.from({ length: count }, newPublicCode).sort(),
})

/** The portion with codes drawn anew. */
export function withCodes(portion: Portion): Portion {
  const { columns } = shapes.conversations
  const codeAt = columns.findIndex(([name]) => name === 'code')
  const publicAt = columns.findIndex(([name]) => name === 'public_code')
  const count = rowCount(portion, 'conversations')
  const { codes, publicCodes } = newCodes(count)
  const conversations = portion.conversations.slice()
  for (let i = 0; i < count; i++) {
    conversations[i * columns.length + codeAt] = codes[i] ?? null
    conversations[i * columns.length + publicAt] = publicCodes[i] ?? null
  }
  return { ...portion, conversations }
}
