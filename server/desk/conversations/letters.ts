// The letters of API v1 for conversations. They are stored as they are: a second alphabet would only add a mapping.

export const statuses = {
  N: 'New',
  C: 'Open',
  A: 'Answered',
  W: 'Postponed',
  R: 'Resolved',
  L: 'Closed',
  T: 'Chatting',
  P: 'Calling',
  I: 'Init',
  B: 'Spam',
  X: 'Deleted',
} as const
export type Status = keyof typeof statuses
export const statusLetters = Object.keys(statuses) as readonly Status[]

/** Of chats and calls that have not ended: nobody has taken it yet, a chat runs, a call is talked. */
export const liveStatuses = ['I', 'T', 'P'] as const
export type LiveStatus = (typeof liveStatuses)[number]
export const isLive = (status: string): boolean => liveStatuses.some((one) => one === status)

export const channels = {
  E: 'Email',
  B: 'Contact button',
  M: 'Contact form',
  I: 'Invitation',
  C: 'Call',
  W: 'Call button',
  F: 'Facebook',
  A: 'Facebook message',
  T: 'Twitter',
  Q: 'Forum',
  S: 'Suggestion',
  G: 'Instagram',
  V: 'Viber',
  R: 'Instagram mention',
  '1': 'Whatsapp',
} as const
export type Channel = keyof typeof channels

/** Types of message groups that Deskhand writes. The full list of what may come is in contract/v1/calls.json. */
export const groupTypes = {
  incoming: '3',
  outgoing: '4',
  /** A customer's message that did not come by mail: forum, suggestion, form. */
  offline: '5',
  internal: 'I',
  transfer: 'T',
  resolve: 'R',
  postpone: 'J',
  spam: 'B',
  delete: 'X',
  tag: 'G',
  /** Messages came from another conversation. */
  merged: '2',
  /** Messages went to another conversation. */
  split: 'L',
  /** All that was said in a chat. */
  chat: 'C',
  call: 'P',
  outgoingCall: 'V',
  internalCall: '1',
} as const
export type GroupType = (typeof groupTypes)[keyof typeof groupTypes]

/** Types of messages inside groups. */
export const messageTypes = {
  message: 'M',
  note: 'N',
  file: 'F',
  /** What a mail quotes of earlier ones. */
  quote: 'Q',
  /** The signature under a mail. */
  footer: 'O',
  status: 'J',
  transfer: 'R',
  tag: 'G',
  merged: '2',
  split: 'B',
  /** A chat or call ended, or one side was cut off. */
  end: 'E',
  disconnected: 'D',
  /** What happens in a chat or call, in words. */
  system: 'S',
  voice: 'V',
  internalVoice: '1',
  ratingComment: 'C',
  goodRating: 'P',
  badRating: 'W',
} as const
export type MessageType = (typeof messageTypes)[keyof typeof messageTypes]

/** Groups and messages that are shown as they are. */
export const VISIBLE = 'V'
/** Groups that only say that messages came or went: the messages themselves stay visible, wherever they are. */
export const MERGED = 'M'
export const SPLIT = 'S'

const liveGroups: readonly string[] = [
  groupTypes.chat,
  groupTypes.call,
  groupTypes.outgoingCall,
  groupTypes.internalCall,
]
/** Chats and calls: what is said in them is none of a ticket's messages and answers. */
export const isLiveGroup = (type: string | undefined): boolean => type !== undefined && liveGroups.includes(type)
