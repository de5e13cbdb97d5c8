import { z } from 'zod'
import { liveQuery } from '../v3/live.ts'

export const widgetLiveQuery = z.strictObject({ after: liveQuery.shape.after })
