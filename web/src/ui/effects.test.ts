/**
 * No effect reads a string of its props, or the id of one, except by a `$derived`.
 *
 * `<Form releaseId={release.id} />` hands down a getter of `release`: the effect that reads it runs again with every new
 * release object, the same or not, and what it loads goes over what somebody is typing. A `$derived` stops at equal strings.
 */
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const SOURCES = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const nameOf = (node: unknown): string => (isNode(node) && node.type === 'Identifier' ? (node['name'] as string) : '');
const isFunction = (node: unknown): node is Node => isNode(node) && /Function/.test(node.type);

function children(node: Node): readonly unknown[] {
  return Object.entries(node).flatMap(([key, value]) => (key === 'loc' || key === 'typeAnnotation' ? [] : Array.isArray(value) ? (value as unknown[]) : [value]));
}

/** The props of a component: those that are strings, and those whose members may be. */
function propsOf(program: Node): { strings: Set<string>; objects: Set<string> } {
  const [strings, objects] = [new Set<string>(), new Set<string>()];
  const body = program['body'] as readonly Node[];
  for (const statement of body) {
    for (const made of (statement['declarations'] ?? []) as readonly Node[]) {
      const init = made['init'];
      if (!isNode(init) || init.type !== 'CallExpression' || nameOf(init['callee']) !== '$props') continue;
      const said = ((made['id'] as Node)['typeAnnotation'] as Node | undefined)?.['typeAnnotation'] as Node | undefined;
      const named = said?.type === 'TSTypeReference' ? body.find((one) => nameOf(one['id']) === nameOf(said['typeName'])) : undefined;
      const members = (said?.['members'] ?? (named?.['body'] as Node | undefined)?.['body'] ?? []) as readonly Node[];
      const types = new Map(members.map((one) => [nameOf(one['key']), (((one['typeAnnotation'] as Node | undefined)?.['typeAnnotation'] as Node | undefined)?.type ?? '')]));
      for (const property of ((made['id'] as Node)['properties'] ?? []) as readonly Node[]) {
        const value = (property['value'] ?? property['argument']) as Node;
        const local = nameOf(value['left'] ?? value);
        // What is bound is what somebody types here, and the parameters of a page come anew with another page only.
        if (nameOf((value['right'] as Node | undefined)?.['callee']) === '$bindable' || local === 'params') continue;
        (types.get(nameOf(property['key'])) === 'TSStringKeyword' ? strings : objects).add(local);
      }
    }
  }
  return { strings, objects };
}

/** What the effects of one component read of its props before they wait for anything. */
function readBare(source: string): readonly string[] {
  const program = (parse(source, { modern: true }) as AST.Root).instance?.content as unknown as Node | undefined;
  if (!program) return [];
  const { strings, objects } = propsOf(program);
  const functions = new Map<string, Node>();
  for (const statement of program['body'] as readonly Node[]) {
    if (statement.type === 'FunctionDeclaration') functions.set(nameOf(statement['id']), statement);
    for (const made of (statement['declarations'] ?? []) as readonly Node[]) if (isFunction(made['init'])) functions.set(nameOf(made['id']), made['init']);
  }
  const found = new Set<string>();
  const visited = new Set<Node>();

  /** The function at hand has waited for something: what it reads from here on sets nothing off. */
  let waited = false;

  function read(node: unknown): void {
    if (!isNode(node) || waited) return;
    if (/Function/.test(node.type)) return; // runs later, unless it is called below
    if (node.type === 'MemberExpression') {
      const member = nameOf(node['property']);
      if (objects.has(nameOf(node['object'])) && /^(id|.*Id|.*_id)$/.test(member)) found.add(`${nameOf(node['object'])}.${member}`);
      read(node['object']);
      if (node['computed'] === true) read(node['property']);
      return;
    }
    if (node.type === 'CallExpression') {
      const called = nameOf(node['callee']);
      if (called === 'untrack') return;
      const own = functions.get(called);
      if (own) {
        run(own);
        // `attempt(() => load(id))` calls what it is given at once.
        for (const given of node['arguments'] as readonly unknown[]) if (isFunction(given)) run(given);
      }
    }
    if (strings.has(nameOf(node))) found.add(nameOf(node));
    if (node.type === 'Property') {
      read(node['value']);
      return;
    }
    for (const child of children(node)) read(child);
    if (node.type === 'AwaitExpression') waited = true;
  }

  function run(called: Node): void {
    if (visited.has(called)) return;
    visited.add(called);
    const before = waited;
    read(called['body']);
    waited = before;
  }

  for (const statement of program['body'] as readonly Node[]) {
    const call = statement['expression'];
    if (!isNode(call) || nameOf(call['callee']) !== '$effect') continue;
    const [effect] = call['arguments'] as readonly unknown[];
    const called = isFunction(effect) ? effect : functions.get(nameOf(effect));
    if (called) run(called);
  }
  return [...found];
}

describe('effects', () => {
  it('are looked for', () => {
    expect(Object.keys(SOURCES).length).toBeGreaterThan(250);
  });

  it.each(Object.entries(SOURCES))('are set off by other strings, not by other objects that hold the same: %s', (_, source) => {
    expect(readBare(source)).toEqual([]);
  });

  it.each([
    ['a string', 'const { id }: { id: string } = $props(); $effect(() => { void load(id); });', ['id']],
    ['by a function', 'const { id }: Props = $props(); interface Props { id: string } function load() { return get(id); } $effect(() => { void load(); });', ['id']],
    ['by a function that is given', 'const { id }: { id: string } = $props(); const attempt = (task) => task(); $effect(() => { void attempt(() => get(id)); });', ['id']],
    ['of an object', 'const { team }: { team: Team } = $props(); $effect(() => { void get(team.id); });', ['team.id']],
    ['derived', 'const { id }: { id: string } = $props(); const same = $derived(id); $effect(() => { void get(same); });', []],
    ['waited for', 'const { id }: { id: string } = $props(); async function load() { await get(); await get(id); } $effect(() => { void load(); });', []],
    ['bound', 'let { id = $bindable() }: { id: string } = $props(); $effect(() => { void get(id); });', []],
    ['later', 'const { id }: { id: string } = $props(); $effect(() => { get().then(() => id); });', []],
  ])('find what is read: %s', (_, script, expected) => {
    expect(readBare(`<script lang="ts">${script}</script>`)).toEqual(expected);
  });
});
