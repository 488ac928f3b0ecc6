/** What can go wrong with a request, as one error the pages know how to put into words. */

/** One thing wrong with a field: a code of the server's, and how many or how much there may be, where that is the matter. */
export interface FieldFault {
  readonly code: string;
  readonly limit: number | null;
}

/** An answer in `application/problem+json` (RFC 9457), or `status` 0 when no answer came at all. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** What is wrong with each form field, for validation problems. */
    readonly fields: Readonly<Record<string, FieldFault>> = {},
    /** Seconds the server asks us to wait, if it said so. */
    readonly retryAfterS: number | null = null,
    /** What a thing is by now, where somebody else changed it first and the server tells. */
    readonly current: unknown = null,
    /** Further members of the answer (RFC 9457 §3.2), for whoever knows the code. */
    readonly members: Readonly<Record<string, unknown>> = {},
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
  readonly current?: unknown;
}

/** The Problem of an answer that was read already, by whatever does not know `Response`. */
export function problemFrom(status: number, body: unknown, retryAfter = Number.NaN): Problem {
  const document: ProblemDocument = typeof body === 'object' && body !== null ? body : {};
  return new Problem(
    status,
    typeof document.code === 'string' ? document.code : '',
    typeof document.detail === 'string' ? document.detail : typeof document.title === 'string' ? document.title : '',
    fieldFaults(document.errors),
    Number.isFinite(retryAfter) ? retryAfter : null,
    document.current ?? null,
    document as Readonly<Record<string, unknown>>,
  );
}

/** Reads a failed answer; a body that is not a problem document still gives a Problem with the status. */
export async function problemOf(response: Response): Promise<Problem> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // An HTML error page of a proxy, or nothing: the status has to do.
  }
  return problemFrom(response.status, body, Number(response.headers.get('Retry-After') ?? Number.NaN));
}

/** `errors` lists `{pointer, code, limit}`; the last name in a path is the field, numbers are places in its list. */
function fieldFaults(errors: unknown): Record<string, FieldFault> {
  const faults: Record<string, FieldFault> = {};
  if (!Array.isArray(errors)) return faults;
  for (const entry of errors as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { pointer, code, limit } = entry as Record<string, unknown>;
    const name = String(pointer ?? '')
      .split(/[/.]/)
      .filter((part) => !/^\d*$/.test(part))
      .at(-1);
    if (name) faults[name] ??= { code: typeof code === 'string' ? code : '', limit: typeof limit === 'number' ? limit : null };
  }
  return faults;
}
