import { z } from "zod";
import { formatPath, type Problem } from "./problem";

/** A JSON Schema, as far as settings are looked up in it. */
interface Schema {
  const?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  maxItems?: number;
  required?: string[];
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** The most names in one object: as many machines of a pool may be placed one by one. */
const MOST_NAMES = 5000;

/** What may stand where in documents of one schema. */
export class Settings {
  private root: Schema | undefined;

  constructor(private readonly schema: z.ZodType) {}

  /**
   * Lists with more entries than their setting takes, and objects with more names than anything has. Asked before anything looks at the entries, which would take minutes: the
   * schema's own checks visit each of them first.
   */
  overfullLists(document: unknown): Problem[] {
    const visit = (value: unknown, schemas: Schema[], path: PropertyKey[]): Problem[] => {
      if (typeof value !== "object" || value === null || schemas.length === 0) return [];
      const names = Array.isArray(value) ? 0 : Object.keys(value).length;
      if (names > MOST_NAMES)
        return [{ path: formatPath(path), fact: `it has ${names} settings`, fix: `use at most ${MOST_NAMES}` }];
      if (!Array.isArray(value))
        return Object.entries(value).flatMap(([key, one]) => visit(one, below(schemas, key), [...path, key]));
      const most = Math.max(...schemas.map((one) => one.maxItems ?? Number.POSITIVE_INFINITY));
      if (value.length > most)
        return [
          {
            path: formatPath(path),
            fact: `a list of ${value.length} is too large`,
            fix: `use at most ${most} entries`,
          },
        ];
      return value.flatMap((one, i) => visit(one, below(schemas, i), [...path, i]));
    };
    return visit(document, [this.jsonSchema()], []);
  }

  /** The names of the settings that may stand at a path, those of the written kind where there are kinds. */
  namesAt(path: readonly PropertyKey[], document: unknown): string[] {
    const here = path.reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
      document,
    );
    const kind = typeof here === "object" && here !== null && "kind" in here ? here.kind : undefined;
    return this.schemasAt(path)
      .flatMap(kinds)
      .filter(
        ({ properties }) =>
          kind === undefined || properties?.kind?.const === undefined || properties.kind.const === kind,
      )
      .flatMap(({ properties }) => Object.keys(properties ?? {}));
  }

  /** The kinds that there are of the settings at a path. */
  choicesAt(path: readonly PropertyKey[], key: string): unknown[] {
    return this.schemasAt(path)
      .flatMap(kinds)
      .flatMap(({ properties }) => (properties?.[key]?.const === undefined ? [] : [properties[key].const]));
  }

  /**
   * Every setting by its path: `network.cidr`, `workers[]` for an entry of a list, `workers[].count`, `kubernetes.kubelet.*` for a key that
   * its owner names. A group of settings that is always there has no path of its own.
   */
  all(): string[] {
    return [...new Set(settingsBelow(this.jsonSchema(), ""))];
  }

  /** What may stand at a path: one schema, or one for each kind. */
  private schemasAt(path: readonly PropertyKey[]): Schema[] {
    return path.reduce<Schema[]>(below, [this.jsonSchema()]);
  }

  private jsonSchema(): Schema {
    this.root ??= z.toJSONSchema(this.schema, { io: "output", unrepresentable: "any" }) as Schema;
    return this.root;
  }
}

function below(schemas: readonly Schema[], key: PropertyKey): Schema[] {
  return schemas.flatMap(kinds).flatMap((one) => {
    const found =
      typeof key === "number"
        ? (one.prefixItems?.[key] ?? one.items)
        : (one.properties?.[String(key)] ?? one.additionalProperties);
    return typeof found === "object" ? [found] : [];
  });
}

function kinds(schema: Schema): Schema[] {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return choices.length > 0 ? choices.flatMap(kinds) : [schema];
}

function settingsBelow(schema: Schema, path: string): string[] {
  return kinds(schema).flatMap((one): string[] => {
    const { items, prefixItems, additionalProperties, properties, required = [] } = one;
    if (items && !prefixItems) return entries(items, `${path}[]`);
    if (typeof additionalProperties === "object") return entries(additionalProperties, `${path}.*`);
    if (!properties) return [path];
    return Object.entries(properties).flatMap(([name, property]) => {
      const own = path === "" ? name : `${path}.${name}`;
      const comesAndGoes = property.properties !== undefined && !required.includes(name);
      return [...(comesAndGoes ? [own] : []), ...settingsBelow(property, own)];
    });
  });
}

/** An entry, and the settings in it. */
function entries(schema: Schema, path: string): string[] {
  return [path, ...settingsBelow(schema, path)];
}
