// A rating: what it is, and how long it can be given and changed.
import type { Selectable } from 'kysely'
import type { FactKind } from '../metrics/facts.ts'
import type { Settings } from '../settings/settings.ts'
import type { RatingRow } from './tables.ts'

export const grades = ['good', 'bad'] as const
export type Grade = (typeof grades)[number]

/** By the link in a mail, by a visitor in his chat, or entered by a program or an administrator. */
export const ratingSources = ['link', 'chat', 'entered'] as const
export type RatingSource = (typeof ratingSources)[number]

export type Rating = Selectable<RatingRow>

/** Of a stored rating. */
export const gradeOf = ({ grade }: Pick<Rating, 'grade'>): Grade => (grade === 'good' ? 'good' : 'bad')
export const sourceOf = ({ source }: Pick<Rating, 'source'>): RatingSource =>
  ratingSources.find((one) => one === source) ?? 'entered'

export const givenFacts: Record<Grade, FactKind> = { good: 'rated_good', bad: 'rated_bad' }
export const undoneFacts: Record<Grade, FactKind> = { good: 'rated_good_undone', bad: 'rated_bad_undone' }

/** For how long customers may speak. */
export type RatingTerms = Pick<Settings, 'rating_link_days' | 'rating_change_days'>

const DAY = 86_400_000

/** Until when work that was done then can be rated for the first time. */
export const openUntil = (doneAt: number, terms: RatingTerms): number => doneAt + terms.rating_link_days * DAY
/** Until when a rating that was given then can be changed. */
export const changeableUntil = (ratedAt: number, terms: RatingTerms): number => ratedAt + terms.rating_change_days * DAY
