// What agents can be online for, as letters.

/** In the order in which they are written: messages, phone, read, chat. */
const SERVICES = ['M', 'P', 'R', 'T'] as const
export type OnlineService = (typeof SERVICES)[number]

/** No service at all. */
export const OFFLINE = 'F'

/** The services that a text of letters names, in order, each once. */
export const servicesIn = (letters: string): OnlineService[] => SERVICES.filter((letter) => letters.includes(letter))

/** A stored preset as it is shown: its letters in order, each once, or `F`. */
export const presetText = (letters: string): string => servicesIn(letters).join('') || OFFLINE
