// What the first start of a test desk is told to use.
export const TEST_KEY = 'test-key-with-full-rights'
export const OWNER_EMAIL = 'owner@desk.test'
export const OWNER_PASSWORD = 'owner-password'
