import { z } from 'zod'
import { plainText } from './kinds.ts'

export const signInSchema = z
  .strictObject({ email: plainText(255).min(1), password: plainText(1_000).min(1) })
  .meta({ id: 'SignIn' })
