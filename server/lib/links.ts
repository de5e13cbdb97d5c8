// Web addresses in plain text.

const ADDRESS = /(https?:\/\/[^\s<>"'()[\]{}]{1,2000}[^\s<>"'()[\]{}.,;:!?])/

/** The text in its order, cut where an address begins and ends. */
export const withLinks = (text: string): { text: string; isLink: boolean }[] =>
  text.split(ADDRESS).map((part, index) => ({ text: part, isLink: index % 2 === 1 }))
