import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shell } from "../../site/render/shell";
import { functionOf, run } from "../support/shellProgram";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "groundwork-resolver-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const stub = "nameserver 127.0.0.53\noptions edns0\n";
const real = "nameserver 10.0.42.3\n";

/** The step of a node that finds its resolver, on a machine with these files. */
async function resolver(files: Record<string, string>, listed = "") {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const step = functionOf(shell("node"), "resolver").replaceAll(/(?<=[ =])\/(?=etc\/|run\/)/g, `${root}/`);
  const program = [
    `MACHINE=server-1 FILES='${listed.replace("/etc", `${root}/etc`)}'`,
    shell("common"),
    `STATE=${root}`,
    step,
    "resolver",
  ];
  const { code, output } = await run(program.join("\n"));
  return { code, output: output.replaceAll(root, "") };
}

const chosen = () => readlinkSync(join(root, "etc/kubernetes/resolv.conf")).replace(root, "");

describe("F2: the name servers of a server's pods, where the description lists none", () => {
  it("are the server's own", async () => {
    expect(await resolver({ "etc/resolv.conf": real })).toEqual({ code: 0, output: "" });
    expect(chosen()).toBe("/etc/resolv.conf");
  });

  it.each([["systemd/resolve/resolv.conf"], ["NetworkManager/no-stub-resolv.conf"]])(
    "are those behind a resolver that only listens on the server itself: /run/%s",
    async (file) => {
      expect((await resolver({ "etc/resolv.conf": stub, [`run/${file}`]: real })).code).toBe(0);
      expect(chosen()).toBe(`/run/${file}`);
    },
  );

  it("are the planned ones where some are planned", async () => {
    const listed = "0644 root:root /etc/kubernetes/resolv.conf kubelet";
    expect(await resolver({ "etc/resolv.conf": stub }, listed)).toEqual({ code: 0, output: "" });
  });

  it.each([
    ["nothing", {}],
    ["an empty file", { "etc/resolv.conf": "search example\n" }],
    ["a stub alone", { "etc/resolv.conf": stub, "run/systemd/resolve/resolv.conf": "# none\n" }],
    ["IPv6 loopback", { "etc/resolv.conf": "nameserver ::1\n" }],
  ])("stop `up` with what to do where there are none: %s", async (_, files) => {
    const { code, output } = await resolver(files);
    expect(code).toBe(1);
    expect(output).toBe(
      "server-1: network.nameservers: it is empty, and this machine knows no name server that its pods reach (/etc/resolv.conf); list one or more DNS servers\n",
    );
  });
});
