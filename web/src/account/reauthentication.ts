/** Step-up authentication: what a sensitive change is confirmed with. */
export type Reauthentication = { readonly password: string } | { readonly code: string };

/** `typed` is the password of those who have one, and of the others the code from a letter. */
export function reauthenticationFrom(user: { readonly has_password: boolean } | null, typed: string): Reauthentication {
  return user?.has_password === false ? { code: typed } : { password: typed };
}
