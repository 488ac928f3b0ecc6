/** What an entry of the audit log says, in lines that people read. Pure. */

export interface Line {
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  /** An id that further entries can be searched for. */
  readonly id: string | null;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One line for each field; `before` and `after`, wherever they stand, share theirs. */
export function linesOf(details: Readonly<Record<string, unknown>>): readonly Line[] {
  const lines: Line[] = [];
  for (const [name, value] of Object.entries(details)) {
    if (name === 'changes' && isRecord(value)) {
      for (const [field, change] of Object.entries(value)) {
        if (Array.isArray(change) && change.length === 2) lines.push(line(field, change[1], change[0]));
        else lines.push(line(field, change));
      }
    } else if (name === 'after' && 'before' in details) {
      lines.push(line('', value, details['before']));
    } else if (name !== 'before' || !('after' in details)) {
      lines.push(line(name, value));
    }
  }
  return lines;
}

/** Fields that name a person. */
const PEOPLE = new Set(['user_id', 'author_id', 'inviter_id', 'reporter_id', 'from_id', 'to_id']);

/** The ids of the people an entry tells about. */
export function peopleOf(details: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(details).flatMap(([name, value]) => (PEOPLE.has(name) && typeof value === 'string' && ID.test(value) ? [value] : []));
}

function line(name: string, after: unknown, before?: unknown): Line {
  const id = typeof after === 'string' && ID.test(after) ? after : null;
  return { name: name.replaceAll('_', ' '), before: before === undefined ? null : text(before), after: text(after), id };
}

/** `RoleChanged` → `Role changed`. */
export function eventWords(event: string): string {
  const words = event.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(text).join(', ');
  return isRecord(value)
    ? Object.entries(value)
        .map(([name, child]) => `${name.replaceAll('_', ' ')}: ${text(child)}`)
        .join('; ')
    : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
