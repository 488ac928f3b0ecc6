/** What can go wrong with a request, as one error the pages know how to put into words. */

/** An answer in `application/problem+json` (RFC 9457), or `status` 0 when no answer came at all. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Message per form field, for validation problems. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** Seconds the server asks us to wait, if it said so. */
    readonly retryAfterS: number | null = null,
  ) {
    super(detail || code);
  }

  static network(): Problem {
    return new Problem(0, 'network', '');
  }
}

interface ProblemDocument {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly title?: unknown;
  readonly errors?: unknown;
}

/** Reads a failed answer; a body that is not a problem document still gives a Problem with the status. */
export async function problemOf(response: Response): Promise<Problem> {
  let document: ProblemDocument = {};
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null) document = body;
  } catch {
    // An HTML error page of a proxy, or nothing: the status has to do.
  }
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new Problem(
    response.status,
    typeof document.code === 'string' ? document.code : '',
    typeof document.detail === 'string' ? document.detail : typeof document.title === 'string' ? document.title : '',
    fieldMessages(document.errors),
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

/** `errors` lists `{field|loc|pointer, message|msg|detail}`; the last part of a path names the field. */
function fieldMessages(errors: unknown): Record<string, string> {
  const messages: Record<string, string> = {};
  if (!Array.isArray(errors)) return messages;
  for (const entry of errors as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { field, loc, pointer, message, msg, detail } = entry as Record<string, unknown>;
    const path = Array.isArray(loc) ? loc.join('/') : String(field ?? pointer ?? '');
    const name = path.split(/[/.]/).at(-1);
    const text = message ?? msg ?? detail;
    if (name && typeof text === 'string') messages[name] ??= text;
  }
  return messages;
}
