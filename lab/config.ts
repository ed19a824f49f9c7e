import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, parseDocument } from "yaml";
import { repository } from "./toolchain/artifact";

const site = ["config", "groundwork:site"];

/**
 * Writes a lab's own copy of a stack's configuration: the subnet 10.42.0.0/24 becomes the lab's, vCenter's address is the
 * simulator's, and what Pulumi wrote into an earlier copy (the salt of its encryption) stays.
 *
 * @param stack name of the stack in stacks/, or a path of a stack file
 * @param file where the copy goes
 * @returns the site as its owner wrote it, after the changes
 */
export function writeLabConfig(stack: string, file: string, subnet: number, server: string): unknown {
  const source = stack.endsWith(".yaml") ? stack : join(repository, "stacks", `Pulumi.${stack}.yaml`);
  if (!existsSync(source)) throw new Error(`${source}: no such stack file; name one of stacks/`);
  const document = read(source, (text) => text.replaceAll(/\b10\.42\.0\./g, `10.42.${subnet}.`));
  if (document.getIn([...site, "hypervisor", "kind"]) === "vsphere")
    document.setIn([...site, "hypervisor", "server"], server);
  const earlier = existsSync(file) ? read(file) : undefined;
  for (const key of ["secretsprovider", "encryptionsalt"]) if (earlier?.has(key)) document.set(key, earlier.get(key));
  // What was set with `pulumi config set --secret`.
  const { config: before } = (earlier?.toJS() ?? {}) as { config?: Record<string, { secure?: string } | null> };
  for (const [key, value] of Object.entries(before ?? {})) if (value?.secure) document.setIn(["config", key], value);
  writeFileSync(file, document.toString({ lineWidth: 0 }), { mode: 0o600 });
  const config = document.toJS() as { config?: Record<string, unknown> };
  return config.config?.["groundwork:site"];
}

function read(file: string, change: (text: string) => string = (text) => text): Document {
  const document = parseDocument(change(readFileSync(file, "utf8")));
  const [error] = document.errors;
  if (error) throw new Error(`${file}: ${error.message}; mend the YAML`);
  return document;
}
