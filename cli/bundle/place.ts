import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Progress, runner } from "../../image/build/run";
import { unusable } from "../../site/description/unusableInput";
import { writeWhole } from "../output/file";
import type { Part } from "./contents";
import { type Layout, referred } from "./layout";
import { unpacked } from "./parts/pack";

/**
 * Puts parts where they are used: each unpacked into a folder of its digest, which is never written again, and a link of its name to that.
 * So what an owner has changed in a project that came before stays where it is. Resolves to how many were not there.
 */
export async function placeParts(layout: Layout, parts: readonly Part[], into: string, say: Progress): Promise<number> {
  let placed = 0;
  const packages = parts.find(({ kind }) => kind === "packages");
  for (const part of parts) {
    say(`${part.name} ${part.version}`);
    switch (part.kind) {
      case "container-image":
        break;
      case "bill-of-materials":
        link(join(into, "bom.cdx.json"), layout.path(part.descriptor.digest));
        break;
      case "machine-image":
        link(join(into, "images", part.name), layout.path(fileOf(layout, part).digest));
        break;
      case "plugin": {
        // Pulumi does not follow links to plugins.
        const folder = join(into, "home/plugins", `${part.name}-v${part.version}`);
        if (await unpackedOnce(layout, part, folder, say)) placed++;
        break;
      }
      case "engine":
      case "node":
      case "packages":
      case "project": {
        const folder = partFolder(into, layout, part);
        if (await unpackedOnce(layout, part, folder, say)) placed++;
        if (part.kind === "project" && packages)
          link(join(folder, "node_modules"), join(partFolder(into, layout, packages), "node_modules"));
        link(join(into, part.kind), folder);
        break;
      }
      default:
        part.kind satisfies never;
    }
  }
  mkdirSync(join(into, "bin"), { recursive: true });
  writeWhole(join(into, "bin/groundwork"), command(into));
  chmodSync(join(into, "bin/groundwork"), 0o755);
  writeWhole(join(into, "environment"), environment(into));
  return placed;
}

function partFolder(into: string, layout: Layout, part: Part): string {
  return join(into, "parts", `${part.kind}-${short(fileOf(layout, part).digest)}`);
}

/** Whole or not at all. A folder that has it tells so by a file of its digest. */
async function unpackedOnce(layout: Layout, part: Part, folder: string, say: Progress): Promise<boolean> {
  const { digest } = fileOf(layout, part);
  const mark = `.bundle-${short(digest)}`;
  if (existsSync(join(folder, mark))) return false;
  const fresh = `${folder}.partial`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await unpacked(layout.path(digest), fresh, runner(say));
  writeWhole(join(fresh, mark), "");
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return true;
}

/** The file of a part. */
function fileOf(layout: Layout, { name, descriptor }: Part): { digest: string } {
  const [file] = referred(layout.text(descriptor.digest)).filter(({ mediaType }) => !mediaType.includes("empty"));
  if (file === undefined) throw unusable(name, "its manifest names no file", "get the bundle again");
  return file;
}

/** Sets a link, in one step if there is one already. */
function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.fresh`;
  rmSync(fresh, { force: true });
  symlinkSync(relative(dirname(path), target), fresh);
  renameSync(fresh, path);
}

const short = (digest: string): string => digest.slice("sha256:".length, "sha256:".length + 12);

/** The command: the one that the project has among its packages, or is itself. */
function command(into: string): string {
  return `#!/bin/sh
bundle=${quoted(into)}
script=$bundle/project/node_modules/groundwork/cli/groundwork.cjs
[ -f "$script" ] || script=$bundle/project/cli/groundwork.cjs
exec "$bundle/node/node" "$script" "$@"
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What a shell reads to work with what is in the folder, and with nothing from elsewhere. */
function environment(into: string): string {
  return `# Read by a shell: . ${quoted(into)}/environment
bundle=${quoted(into)}
export PATH="$bundle/bin:$bundle/node:$bundle/engine:$PATH"
export PULUMI_HOME="$bundle/home"
export PULUMI_SKIP_UPDATE_CHECK=true
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
cd "$bundle/project"
`;
}
