// Shows /api/openapi.json for people. All text goes in as text nodes, never as markup.

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEPTH = 5; // schemas nest further than anybody reads

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Text in which `code` between backticks is set as code. */
function prose(text) {
  return text.split(/(`[^`]+`)/).map((part) => (part.startsWith("`") ? element("code", {}, part.slice(1, -1)) : part));
}

function resolve(api, schema) {
  let found = schema;
  while (found?.$ref) found = api.components.schemas[found.$ref.split("/").pop()];
  return found ?? {};
}

/** A JSON-like sketch of a schema: what a person would type. */
function sketch(api, schema, depth = 0) {
  const found = resolve(api, schema);
  const pad = "  ".repeat(depth + 1);
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = found.anyOf ?? found.oneOf ?? found.allOf;
  if (choices) return choices.map((choice) => sketch(api, choice, depth)).join(" | ");
  if (found.type === "array") return depth > DEPTH ? "[…]" : `[${sketch(api, found.items ?? {}, depth)}]`;
  if (found.properties) {
    if (depth > DEPTH) return "{…}";
    const required = new Set(found.required ?? []);
    const lines = Object.entries(found.properties).map(
      ([name, value]) => `${pad}"${name}"${required.has(name) ? "" : "?"}: ${sketch(api, value, depth + 1)}`,
    );
    return `{\n${lines.join(",\n")}\n${"  ".repeat(depth)}}`;
  }
  return found.format ? `${found.type} (${found.format})` : (found.type ?? "any");
}

function content(api, title, described) {
  if (!described) return [];
  return Object.entries(described).flatMap(([kind, media]) => [
    element("h3", {}, `${title} `, element("code", {}, kind)),
    element("pre", { tabindex: "0" }, sketch(api, media.schema ?? {})),
  ]);
}

function table(head, rows) {
  if (rows.length === 0) return null;
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, ...[cell].flat()))))),
  );
}

function operation(api, path, method, value) {
  const parameters = (value.parameters ?? []).map((parameter) => [
    element("code", {}, parameter.name),
    `${parameter.in}${parameter.required ? ", required" : ""}`,
    element("code", {}, sketch(api, parameter.schema ?? {})),
    prose(parameter.description ?? ""),
  ]);
  const answers = Object.entries(value.responses ?? {});
  const [, success] = answers.find(([status]) => status.startsWith("2")) ?? [];
  const body = element(
    "div",
    { class: "body" },
    ...(value.description ? value.description.split("\n\n").map((text) => element("p", {}, ...prose(text))) : []),
    parameters.length ? element("h3", {}, "Parameters") : null,
    table(["name", "where", "type", "meaning"], parameters),
    ...content(api, "Request", value.requestBody?.content),
    ...content(api, "Answer", success?.content),
    element("h3", {}, "Statuses"),
    table(["status", "meaning"], answers.map(([status, answer]) => [element("code", {}, status), prose(answer.description)])),
  );
  return element(
    "details",
    { id: value.operationId },
    element(
      "summary",
      {},
      element("span", { class: "method" }, method.toUpperCase()),
      element("span", { class: "path" }, path),
      element("span", { class: "what" }, value.summary ?? ""),
    ),
    body,
  );
}

function show(api) {
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS) {
      if (!item[method]) continue;
      const tag = item[method].tags?.[0] ?? "Other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ summary: item[method].summary, node: operation(api, path, method, item[method]) });
    }
  }
  const main = document.getElementById("content");
  const toc = document.getElementById("toc");
  main.replaceChildren(element("p", {}, ...prose(api.info.description ?? "")));
  for (const [tag, operations] of groups) {
    main.append(element("h2", {}, tag), ...operations.map(({ node }) => node));
    toc.append(
      element("h2", {}, tag),
      ...operations.map(({ summary, node }) => element("a", { href: `#${node.id}` }, summary)),
    );
  }
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const node of document.querySelectorAll("details")) {
    const summary = node.querySelector("summary").textContent.toLowerCase();
    node.hidden = !words.every((word) => summary.includes(word));
  }
}

const find = document.getElementById("find");
find.addEventListener("input", () => filter(find.value));
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== find) {
    event.preventDefault();
    find.focus();
  }
});

try {
  const answer = await fetch("/api/openapi.json");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  show(await answer.json());
} catch (error) {
  document.getElementById("content").replaceChildren(
    element("p", { class: "status" }, `The description could not be loaded: ${error.message}. Reload the page to try again.`),
  );
}
