import { copyFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { program } from "../process/program";

/** Where backups are: a folder, or a machine that gives them out by SFTP. */
export interface Source {
  name: string;
  /** Names of files. */
  list(): Promise<string[]>;
  fetch(file: string, to: string): Promise<void>;
}

export interface SftpOptions {
  /** A private key for the target; without one whatever `ssh` tries. */
  key?: string;
  /** Lines of `known_hosts`; without any those that the user knows. */
  knownHosts?: string;
}

export function sourceOf(from: string, options: SftpOptions): Source {
  return from.startsWith("sftp://") ? sftp(from, options) : folder(from);
}

function folder(path: string): Source {
  return {
    name: path,
    list: async () => {
      try {
        return readdirSync(path);
      } catch {
        throw new Error(
          `--from: ${path} is no folder that can be read; name one with backups, or sftp://user@host/path`,
        );
      }
    },
    fetch: async (file, to) => copyFileSync(join(path, file), to),
  };
}

function sftp(from: string, { key, knownHosts }: SftpOptions): Source {
  const url = new URL(from);
  const path = decodeURIComponent(url.pathname.replace(/^\//, "")) || ".";
  const args = ["-q", "-b", "-", "-P", url.port || "22", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15"];
  if (key) args.push("-i", key, "-o", "IdentitiesOnly=yes");
  if (knownHosts) args.push("-o", `UserKnownHostsFile=${knownHosts}`, "-o", "StrictHostKeyChecking=yes");
  const batch = async (commands: string): Promise<string> => {
    const { code, stdout, stderr } = await program("sftp", [...args, `${url.username}@${url.hostname}`], {
      input: commands,
    });
    if (code !== 0)
      throw new Error(
        `--from: ${url.hostname} does not give it: ${stderr.trim().split("\n").at(-1)}; see whether it is up, and --sftp-key`,
      );
    return stdout;
  };
  const quoted = (text: string) => `"${text.replace(/(["\\])/g, "\\$1")}"`;
  return {
    name: from,
    list: async () =>
      (await batch(`ls -1 ${quoted(path)}\n`))
        .split("\n")
        .map((line) => line.trim().split("/").at(-1) ?? "")
        .filter((name) => name && !name.startsWith("sftp>")),
    fetch: async (file, to) => {
      await batch(`get ${quoted(`${path}/${file}`)} ${quoted(to)}\n`);
      statSync(to);
    },
  };
}
