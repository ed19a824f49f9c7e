// Writes docs/description.md from the schema of a site: npm run docs:description
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { siteJsonSchema } from "../../cli/schema/command";

/** What is used here of JSON Schema. */
export interface Schema {
  $ref?: string;
  description?: string;
  type?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** A setting: one row of the page. */
export interface Setting {
  /** `hosts[].devices[].id`; where it is one of one kind only, with that: `hypervisor.server (vsphere)`. */
  path: string;
  type: string;
  /** As JSON; `required`; or empty: left out, it is not set or follows from something else. */
  default: string;
  meaning: string;
}

/** Every setting below one, in the order of the schema. */
export function* settingsOf(schema: Schema, path: string, kind = ""): Generator<Setting> {
  if (typeof schema.items === "object") yield* settingsOf(schema.items, `${path}[]`, kind);
  if (typeof schema.additionalProperties === "object" && schema.additionalProperties.description)
    yield row(`${path}.*`, schema.additionalProperties, false, kind);
  for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    yield* settingsOf(choice, path, String(choice.properties?.kind?.const ?? kind));
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const own = path ? `${path}.${name}` : name;
    yield row(own, property, schema.required?.includes(name) ?? false, kind);
    yield* settingsOf(property, own, kind);
  }
}

function row(path: string, schema: Schema, required: boolean, kind: string): Setting {
  const given = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
  return {
    path: `\`${path}\`${kind ? ` (${kind})` : ""}`,
    type: typeOf(schema),
    default: required ? "required" : given === "`{}`" ? "" : given,
    meaning: schema.description ?? "",
  };
}

/** In words: `integer, 1 to 9`, `list of text`. */
export function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(", ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" or ");
  if (schema.type === "array") {
    const items = typeof schema.items === "object" ? schema.items : schema.prefixItems?.[0];
    const count = schema.prefixItems ? `${schema.prefixItems.length} of ` : "";
    return `list of ${count}${items ? typeOf(items) : "anything"}${between(schema.minItems, schema.maxItems)}`;
  }
  if (schema.type === "number" || schema.type === "integer") {
    const above = schema.exclusiveMinimum === undefined ? "" : `, above ${schema.exclusiveMinimum}`;
    return `${schema.type}${above}${between(schema.minimum, schema.maximum)}`;
  }
  const formats: Record<string, string> = {
    ipv4: "IPv4 address",
    cidrv4: "IPv4 network",
    email: "mail address",
    uri: "URL",
  };
  if (schema.type === "string") return formats[schema.format ?? ""] ?? "text";
  if (schema.type === "boolean") return "`true`, `false`";
  return schema.type === "object" || schema.properties ? "settings" : "any JSON";
}

/** Limits that are only those of the number format say nothing. */
function between(least?: number, most?: number): string {
  const [low, high] = [least, most].map((n) =>
    n === undefined || Math.abs(n) >= Number.MAX_SAFE_INTEGER ? undefined : n,
  );
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`;
  if (low !== undefined) return `, ${low} or more`;
  return high === undefined ? "" : `, up to ${high}`;
}

/** docs/description.md. */
export function descriptionPage(): string {
  const schema: Schema = JSON.parse(siteJsonSchema());
  const sections = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const all = [row(name, property, schema.required?.includes(name) ?? false, ""), ...settingsOf(property, name)];
    return [`## ${name}`, "", "| setting | type | default | meaning |", "|---|---|---|---|", ...all.map(line)].join(
      "\n",
    );
  });
  return `${[
    "# What a site's description may say",
    "Everything below `config: groundwork:site:` in `stacks/Pulumi.<stack>.yaml`. Made from the schema by `npm run docs:description`; the " +
      "schema itself, for editors, is [site.schema.json](site.schema.json). `[]` is each entry of a list, `.*` each key that you name, and a word " +
      "in brackets the `kind` that has the setting. An empty default: left out, it is not set, or follows from what *meaning* says.",
    ...sections,
  ].join("\n\n")}\n`;
}

function line({ path, type, default: given, meaning }: Setting): string {
  return `| ${[path, type, given, meaning].map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

if (require.main === module) writeFileSync(join(__dirname, "../description.md"), descriptionPage());
