/** Path patterns such as `/releases/:id`. Pure. */

export interface Match {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The first pattern that fits the path, with its decoded parameters; null when none does. */
export function matchPath(patterns: Readonly<Record<string, string>>, path: string): Match | null {
  const parts = segments(path);
  for (const [name, pattern] of Object.entries(patterns)) {
    const params = matchOne(segments(pattern), parts);
    if (params) return { name, params };
  }
  return null;
}

function segments(path: string): string[] {
  return path.split('/').filter(Boolean);
}

function matchOne(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (expected.startsWith(':')) {
      const value = decode(part);
      if (value === null) return null;
      params[expected.slice(1)] = value;
    } else if (expected !== part) {
      return null;
    }
  }
  return params;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
