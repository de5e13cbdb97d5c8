/** The knowledge base that always exists: what calls without `kb_id` mean. */
export const DEFAULT_KNOWLEDGEBASE = 'kb_defa'
