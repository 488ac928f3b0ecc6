/** A random id of 128 bits. `crypto.randomUUID` exists in secure contexts only, and a home server speaks plain http. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
