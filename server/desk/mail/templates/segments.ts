// A template cut into its words and its variables, once: values are put in afterwards and are never read as templates.

export interface Segment {
  /** As it stands in the template. */
  text: string
  /** Of a variable; undefined: plain words. */
  name: string | undefined
}

const VARIABLE = /(\{\$[^{}<>\n]{0,100}\})/

export const segmentsOf = (source: string): Segment[] =>
  source
    .split(VARIABLE)
    .filter((text) => text !== '')
    .map((text) => ({ text, name: VARIABLE.test(text) ? text.slice(2, -1).trim() : undefined }))
