import { Command, Option } from "commander";
import { z } from "zod";
import { fleetSchema } from "../../fleet/file/schema";
import { poolSchema } from "../../fleet/pool/schema";
import { controlPlaneSchema } from "../../site/description/schema/machines";
import { siteDocument } from "../../site/description/spec";

/** `groundwork schema`: the JSON Schema of a site, for editors; `docs/site.schema.json` is what it prints. */
export function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of a site's description")
    .option("--stack", "of a Pulumi stack file that holds one")
    .addOption(new Option("--fleet", "of a fleet's file").conflicts("stack"))
    .addOption(new Option("--pool", "of a fleet's pool of addresses").conflicts(["stack", "fleet"]))
    .action(({ stack, fleet, pool }: { stack?: boolean; fleet?: boolean; pool?: boolean }) => {
      const schema = stack ? stackJsonSchema : fleet ? fleetJsonSchema : pool ? poolJsonSchema : siteJsonSchema;
      process.stdout.write(schema());
    });
}

export function siteJsonSchema(): string {
  const schema = z.toJSONSchema(siteDocument, { io: "input", unrepresentable: "any" });
  const properties = { ...schema.properties };
  // The schema takes a number there, too, which a preprocessing step cannot say of itself.
  const { $schema: _, ...counted } = z.toJSONSchema(controlPlaneSchema, { io: "input" });
  properties.controlPlanes = {
    description: siteDocument.shape.controlPlanes.description,
    anyOf: [{ type: "integer", minimum: 1, maximum: 9, description: "How many." }, counted],
  };
  return text({
    $schema: schema.$schema,
    title: "A Groundwork site",
    ...schema,
    properties,
    required: schema.required?.filter((name) => name !== "controlPlanes"),
  });
}

export function stackJsonSchema(): string {
  return text({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A Pulumi stack file of a Groundwork site",
    type: "object",
    properties: {
      config: { type: "object", properties: { "groundwork:site": { $ref: "site.schema.json" } } },
    },
  });
}

export function poolJsonSchema(): string {
  return text({
    title: "The addresses of a fleet",
    ...z.toJSONSchema(poolSchema, { io: "input", unrepresentable: "any" }),
  });
}

/** Parts of a description are whatever a description may say; nothing has to be in each. */
export function fleetJsonSchema(): string {
  const { properties: { name: _, ...settings } = {} } = JSON.parse(siteJsonSchema()) as Json;
  const schema = JSON.parse(
    JSON.stringify(z.toJSONSchema(fleetSchema, { io: "input", unrepresentable: "any" })),
  ) as Json;
  const isPart = (key: string) => key === "defaults" || key === "settings";
  const withParts = (at: Json): Json =>
    mapped(at, (key, below) =>
      isPart(key) && below.additionalProperties
        ? { description: below.description, $ref: "#/$defs/settings" }
        : withParts(below),
    );
  return text({
    ...withParts(schema),
    title: "A fleet of Groundwork sites",
    $defs: {
      settings: {
        type: "object",
        properties: partial({ properties: settings }).properties,
        additionalProperties: false,
      },
    },
  });
}

interface Json {
  properties?: Record<string, Json>;
  description?: string;
  additionalProperties?: unknown;
  [key: string]: unknown;
}

/** Nothing is required, and `null` takes out what is there. */
function partial({ required: _, oneOf, ...schema }: Json): Json {
  const choices = (oneOf ?? schema.anyOf) as Json[] | undefined;
  return {
    ...schema,
    ...(choices && { anyOf: choices.map(partial) }),
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([key, below]) => {
          const { description, ...rest } = partial(below);
          return [key, { ...(description !== undefined && { description }), anyOf: [rest, { type: "null" }] }];
        }),
      ),
    }),
  };
}

/** With each property, and each value of a record, replaced. */
function mapped(schema: Json, by: (key: string, below: Json) => Json): Json {
  const record = schema.additionalProperties;
  return {
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(Object.entries(schema.properties).map(([key, below]) => [key, by(key, below)])),
    }),
    ...(typeof record === "object" && record !== null && { additionalProperties: by("", record as Json) }),
  };
}

function text(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
