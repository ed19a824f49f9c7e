import { Command } from "commander";
import { z } from "zod";
import { controlPlaneSchema } from "../../site/description/schema/machines";
import { siteDocument } from "../../site/description/spec";

/** `groundwork schema`: the JSON Schema of a site, for editors; `docs/site.schema.json` is what it prints. */
export function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of a site's description")
    .option("--stack", "of a Pulumi stack file that holds one")
    .action((options: { stack?: boolean }) => {
      process.stdout.write(options.stack ? stackJsonSchema() : siteJsonSchema());
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

function text(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
