/** What shows that it is still oneself who sits there; the server takes either in the same places. */
export type Proof = { readonly password: string } | { readonly code: string };

/** `typed` is the password of those who have one, and of the others the code from a letter. */
export function proofOf(user: { readonly has_password: boolean } | null, typed: string): Proof {
  return user?.has_password === false ? { code: typed } : { password: typed };
}
