// Where random tests begin: `DESKHAND_TEST_SEED`, or somewhere new in each run; a failure prints it.
import fc from 'fast-check'

const seed = process.env.DESKHAND_TEST_SEED
if (seed) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) })
