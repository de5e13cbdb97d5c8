// The kinds of values that our own API takes. Plain JSON: a number is a number, a list is a list.
import { z } from 'zod'

/** Text without NUL and without halves of surrogate pairs: neither database could hold those. */
export const plainText = (max = 1_000) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\0'), 'contains a NUL character')
    .refine((text) => text.isWellFormed(), 'is not valid Unicode (it has half of a surrogate pair)')

export const name = () => plainText(255).trim().min(1)
export const color = () =>
  z
    .string()
    .regex(/^#?[0-9a-fA-F]{6}$/, 'must be six hex digits such as FF8800')
    .transform((value) => value.replace('#', '').toUpperCase())

/** An instant: ISO 8601 in UTC. */
export const instant = () => z.iso.datetime('must be an instant in UTC, such as 2026-01-31T09:30:00Z')
export const instantText = (at: number): string => new Date(at).toISOString()
export const instantTextOrNull = (at: number | null): string | null => (at === null ? null : instantText(at))

/** A language as in `en` or `pt-BR`. */
export const language = () =>
  z.string().regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$/, 'must be a language such as en or pt-BR')
