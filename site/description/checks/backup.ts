import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

/** Recipients and targets of backups, each listed once. */
export function consistentBackup({ backup }: SiteSpec): Problem[] {
  if (!backup) return [];
  const targets = backup.targets.map((target) =>
    target.kind === "sftp"
      ? `${target.host.toLowerCase()}:${target.port}/${target.path.replace(/\/+$/, "")}`
      : `${new URL(target.endpoint).host}/${target.bucket}/${target.prefix.replace(/\/+$/, "")}`,
  );
  return [
    ...twice("backup.recipients", backup.recipients, "a second copy for the same key is none"),
    ...twice("backup.targets", targets, "copies at one place are lost together"),
  ];
}

function twice(path: string, values: readonly string[], why: string): Problem[] {
  return values.flatMap((value, i) => {
    const earlier = values.indexOf(value);
    return earlier < i
      ? [{ path: `${path}[${i}]`, fact: `it is the same as ${path}[${earlier}]: ${why}`, fix: "list each once" }]
      : [];
  });
}
