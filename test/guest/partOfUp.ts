import type { FileSpec } from "../../site/render/file";
import { shell } from "../../site/render/shell";
import { functionOf } from "../support/shellProgram";

/**
 * One part of the program of `up`, as it is run on a machine that has these files.
 *
 * @param calls what else of it that part calls
 */
export function partOfUp(files: readonly FileSpec[], part: string, calls: readonly string[] = []): string {
  const common = shell("common");
  const line = ({ path, units, mode, owner }: FileSpec) =>
    `0${mode.toString(8)} ${owner} ${path} ${units.join(",") || "-"}`;
  return [
    "set -Eeuo pipefail",
    "declare -A INSTALLED=()",
    "STATE=/var/lib/groundwork",
    "LOG=/var/log/groundwork.log",
    "MACHINE=guest",
    "mkdir -p $STATE/applied",
    "say() { echo $*; }",
    `FILES='${files.map(line).join("\n")}'`,
    ...["reads", "digest", "changed", "applied", "enable", ...calls, part].map((name) => oneLine(common, name)),
    part,
  ].join("\n");
}

/** Short functions are on one line. */
function oneLine(program: string, name: string): string {
  return new RegExp(`^${name}\\(\\) \\{ .* \\}$`, "m").exec(program)?.[0] ?? functionOf(program, name);
}
