/** Two who edit at once. In English. */
export const texts = {
  'stale.title': 'Somebody else saved this first',
  'stale.same': 'Both of you wrote the same.',
  'stale.mine': 'Yours:',
  'stale.theirs': 'Theirs:',
  'stale.keep_mine': 'Keep mine',
  'stale.take_theirs': 'Take theirs',
} as const;
