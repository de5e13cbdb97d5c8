// Lists of texts in one database column, as JSON.
import { z } from 'zod'

const textsSchema = z.array(z.string())

/** What such a column holds. */
export const textList = (column: string): string[] => textsSchema.parse(JSON.parse(column))
