import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An authority: its certificate and its private key, in PEM. */
export interface Authority {
  certificate: string;
  key: string;
}

/** What an authority says that may sign for servers in apps.store.example alone. */
export const bounds = [
  "basicConstraints=critical,CA:TRUE,pathlen:0",
  "nameConstraints=critical,permitted;DNS:apps.store.example,excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:::/::",
  "extendedKeyUsage=serverAuth",
];

/** Makes an authority whose certificate has these extensions. */
export function authorityWith(extensions: readonly string[]): Authority {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-authority-"));
  const file = (name: string) => join(folder, name);
  try {
    writeFileSync(file("config"), "[req]\ndistinguished_name=name\nprompt=no\n[name]\nCN=it\n");
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file("key")];
    const more = extensions.flatMap((extension) => ["-addext", extension]);
    const args = [
      "req",
      "-x509",
      "-config",
      file("config"),
      ...key,
      "-days",
      "30",
      "-out",
      file("certificate"),
      ...more,
    ];
    execFileSync("openssl", args, { stdio: "pipe" });
    return { certificate: readFileSync(file("certificate"), "utf8"), key: readFileSync(file("key"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
