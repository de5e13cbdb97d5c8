// How urgent something is: the words that everybody uses for it, the least urgent first.

export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]
export const NORMAL: Priority = 'normal'
