import type { Schema, SchemaType } from "./plugin";

/** What a property is made of, as far as names go: the fields of an object, or of the objects of a list or map. */
export interface Fields {
  [name: string]: Fields | true;
}

/** The inputs and outputs of one resource or function. */
export interface Shape {
  inputs: Fields;
  outputs: Fields;
  /** Inputs without which it can't be declared. */
  required: string[];
}

/** The resources of a schema, by token. */
export function resourcesOf(schema: Schema): Map<string, Shape> {
  return new Map(
    Object.entries(schema.resources).map(([token, resource]) => [
      token,
      {
        inputs: fieldsOf(resource.inputProperties, schema),
        outputs: fieldsOf(resource.properties, schema),
        required: [...(resource.requiredInputs ?? [])].sort(),
      },
    ]),
  );
}

/** The functions of a schema, by token. */
export function functionsOf(schema: Schema): Map<string, Shape> {
  return new Map(
    Object.entries(schema.functions).map(([token, called]) => [
      token,
      {
        inputs: fieldsOf(called.inputs?.properties, schema),
        outputs: fieldsOf(called.outputs?.properties, schema),
        required: [...(called.inputs?.required ?? [])].sort(),
      },
    ]),
  );
}

export function fieldsOf(properties: Record<string, SchemaType> | undefined, schema: Schema): Fields {
  return Object.fromEntries(
    Object.entries(properties ?? {})
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, type]) => [name, fields(type, schema)]),
  );
}

function fields(type: SchemaType, schema: Schema): Fields | true {
  const named = type.$ref?.startsWith("#/types/") ? schema.types?.[type.$ref.slice("#/types/".length)] : undefined;
  if (named) return fields(named, schema);
  if (type.items) return fields(type.items, schema);
  if (type.additionalProperties) return fields(type.additionalProperties, schema);
  return type.properties ? fieldsOf(type.properties, schema) : true;
}

/** The paths of one that the other does not have: `disks.datastoreId`. */
export function missing(from: Fields, other: Fields, path = ""): string[] {
  return Object.entries(from).flatMap(([name, inner]) => {
    const here = `${path}${name}`;
    const there = other[name];
    if (there === undefined) return [here];
    return inner === true || there === true ? [] : missing(inner, there, `${here}.`);
  });
}
