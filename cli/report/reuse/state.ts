import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { pulumi } from "../../stack/pulumi";
import type { Project } from "../project";
import { type Digests, digestOf } from "./digests";

/** A digest of a stack's state, as the backend holds it: secrets stay encrypted. None if it cannot be read. */
export async function stateDigest(
  project: Project,
  stack: string,
  env: NodeJS.ProcessEnv,
  digests: Digests,
): Promise<string | undefined> {
  const file = stateFile(project, stack, env.PULUMI_BACKEND_URL);
  if (file !== undefined) return digests.file(file);
  const exported = pulumi({ folder: project.folder, stack, env }, ["stack", "export"]);
  // What is wrong with it, the preview tells.
  const { code, stdout } = await exported.catch(() => ({ code: 1, stdout: "" }));
  return code === 0 ? digestOf(stdout) : undefined;
}

/** Where a backend of files keeps a stack; none of another backend. */
function stateFile({ folder, name }: Project, stack: string, backend: string | undefined): string | undefined {
  const [, path] = /^file:\/\/([^?]*)/.exec(backend ?? "") ?? [];
  if (path === undefined) return undefined;
  const root = resolve(folder, path.replace(/^~/, homedir()));
  return [`${name}/${stack}.json`, `${name}/${stack}.json.gz`]
    .map((file) => join(root, ".pulumi/stacks", file))
    .find(existsSync);
}
