/** A sleep that nobody else on this machine sleeps, so that what is left of it is ours. */
export const HANGING = `sleep ${300_000 + process.pid}`;
/** Ignores the polite signal and leaves a child behind. */
export const HANGS = `trap "" TERM; ${HANGING} & ${HANGING}`;
