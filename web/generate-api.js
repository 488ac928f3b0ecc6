/**
 * Writes `src/api/schema.ts` and `src/api/limits.ts` from the server's OpenAPI document on standard input (`make api-types`).
 * With `--check` it writes nothing, and fails where what is committed differs (`make check`).
 */
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const FOLDER = new URL('./src/api/', import.meta.url);
const HEADER = '// Generated from the OpenAPI document by `make api-types`; do not edit.\n';

/** What a form checks before it sends: the names of JSON Schema. */
const KEYWORDS = ['minLength', 'maxLength', 'minimum', 'maximum', 'maxItems', 'pattern'];

/** Of what differs in a file, in each direction. */
const SHOWN_LINES = 10;

/** Nobody types identifiers. */
const ID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

/** Shapes as a field mask may leave them; this client asks for no masks. */
const isMasked = (name) => name.endsWith('Masked');

async function input() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** Titles say what names say already. */
function untitled(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(untitled);
  const entries = Object.entries(value).filter(([key, child]) => key !== 'title' || typeof child !== 'string');
  return Object.fromEntries(entries.map(([key, child]) => [key, untitled(child)]));
}

/** A field with a default may be left out of a request, and is always in an answer. */
function answered(schema) {
  const preset = Object.entries(schema.properties ?? {}).filter(([, field]) => 'default' in field);
  return preset.length === 0 ? schema : { ...schema, required: [...(schema.required ?? []), ...preset.map(([name]) => name)] };
}

/** The shapes alone: the client builds its paths by hand. */
async function types(document) {
  const sent = new Set(requested(document));
  const schemas = Object.fromEntries(
    Object.entries(document.components.schemas)
      .filter(([name]) => !isMasked(name))
      .map(([name, schema]) => [name, untitled(sent.has(name) ? schema : answered(schema))]),
  );
  const shapes = { openapi: document.openapi, info: document.info, paths: {}, components: { schemas } };
  const options = { alphabetize: true, immutable: true, defaultNonNullable: false };
  return `${HEADER}\n${astToString(await openapiTS(shapes, options))}`;
}

/** Of a field, wherever its schema says so: itself, or what it is when it is not null. */
function limitsOf(schema) {
  const limits = {};
  for (const part of [schema, ...(schema.anyOf ?? [])]) {
    // What the rules behind a wider field allow goes before what the field itself does.
    for (const keyword of KEYWORDS) {
      const limit = part[`x-${keyword}`] ?? part[keyword];
      if (limit !== undefined && limit !== ID_PATTERN) limits[keyword] = limit;
    }
  }
  return limits;
}

/** Names of shapes that requests are made of. */
function requested(document) {
  const found = new Set();
  const visit = (value) => {
    if (typeof value !== 'object' || value === null) return;
    const name = typeof value.$ref === 'string' ? value.$ref.split('/').at(-1) : undefined;
    if (name !== undefined && !found.has(name)) {
      found.add(name);
      visit(document.components.schemas[name]);
    }
    Object.values(value).forEach(visit);
  };
  for (const operations of Object.values(document.paths)) for (const { requestBody } of Object.values(operations)) visit(requestBody);
  return [...found].sort();
}

/** The fields of bodies by the name of their shape, those of queries by the name of their operation. */
function sentFields(document) {
  const bodies = requested(document).map((name) => [name, Object.entries(document.components.schemas[name].properties ?? {})]);
  const queries = Object.values(document.paths)
    .flatMap((operations) => Object.values(operations))
    .filter(({ operationId }) => operationId)
    .map(({ operationId, parameters = [] }) => [
      operationId,
      parameters.filter(({ in: place }) => place === 'query').map(({ name, schema }) => [name, schema]),
    ]);
  return [...bodies, ...queries.sort(([one], [other]) => (one < other ? -1 : 1))];
}

/** One constant for each shape or query, so that a page carries no more than it uses. */
function limits(document) {
  const constants = sentFields(document).flatMap(([name, fields]) => {
    const limited = fields.map(([field, schema]) => [field, limitsOf(schema)]).filter(([, found]) => Object.keys(found).length > 0);
    if (limited.length === 0) return [];
    const lines = limited.map(([field, found]) => {
      const values = Object.entries(found).map(([keyword, value]) => `${keyword}: ${JSON.stringify(value)}`);
      return `  ${field}: { ${values.join(', ')} },`;
    });
    return [`export const ${name} = {\n${lines.join('\n')}\n} as const;\n`];
  });
  return `${HEADER}// The limits of what is sent: of bodies by their shape, of queries by their operation.\n\n${constants.join('\n')}`;
}

/** Lines of one text that the other has nowhere, as a diff shows them. */
function added(one, other, sign) {
  const known = new Set(other.split('\n'));
  const lines = one.split('\n').filter((line) => !known.has(line));
  return [...lines.slice(0, SHOWN_LINES), ...(lines.length > SHOWN_LINES ? ['…'] : [])].map((line) => `${sign} ${line}`);
}

const document = await input();
const files = { 'schema.ts': await types(document), 'limits.ts': limits(document) };
const old = [];
for (const [name, content] of Object.entries(files)) {
  const file = new URL(name, FOLDER);
  if (!process.argv.includes('--check')) await writeFile(file, content);
  else {
    const committed = await readFile(file, 'utf8').catch(() => '');
    if (committed !== content) old.push([`web/src/api/${name}:`, ...added(committed, content, '-'), ...added(content, committed, '+')].join('\n'));
  }
}
if (old.length > 0) {
  console.error(`${old.join('\n')}\nThis is not what the server's API is: run make api-types, and look at what changed.`);
  process.exitCode = 1;
}
