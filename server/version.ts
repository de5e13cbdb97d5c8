import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Deskhand's version, from package.json. */
export const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version

/** The generation of LiveAgent's API that Deskhand answers as: plug-ins refuse servers that are too old for them. */
export const API_GENERATION = '5.51.0.0'
