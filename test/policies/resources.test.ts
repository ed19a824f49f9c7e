import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { privateKeysIn } from "../../policies/privateKeys";
import * as types from "../../policies/types";
import { allRules } from "../../site/judge/rules/catalog";
import { judged, type Props, type Resource, unknown } from "../support/demoStack";

const key = (kind: string) => `-----BEGIN ${kind}-----\n${"MHcCAQEEIB".repeat(8)}\n-----END ${kind}-----\n`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

const rules = allRules.filter(({ id }) =>
  ["ssh-host-keys-pinned", "no-private-keys-in-commands", "no-private-keys-in-guestinfo", "certificates-last"].includes(
    id,
  ),
);

/** What these rules say of one resource, the policy's id in front. */
function saidOf(
  type: string,
  inputs: Props,
  more: Partial<Resource> & { config?: Record<string, Props> } = {},
): string[] {
  const { config, ...resource } = more;
  return judged([{ type, name: "it", inputs, ...resource }], { config, rules }).map(
    ({ policy, message }) => `${policy}: ${message}`,
  );
}

describe("ssh-host-keys-pinned", () => {
  const said = (connection: Props) => saidOf("command:remote:Command", { connection, create: "true" });

  it("passes a pinned key, known or not yet", () => {
    expect(said({ host: "10.42.0.10", hostKey })).toEqual([]);
    expect(said({ host: "10.42.0.10", hostKey: unknown })).toEqual([]);
  });

  it("refuses a connection without one", () => {
    expect(said({ host: "10.42.0.10" })).toEqual([
      "ssh-host-keys-pinned: it: connection has no hostKey, so whoever answers at 10.42.0.10 is believed; " +
        "set connection.hostKey to the machine's public SSH host key",
    ]);
    expect(said({ host: unknown, hostKey: "" })[0]).toContain("whoever answers at that address is believed");
  });

  it("refuses a proxy without one", () => {
    expect(said({ host: "10.42.0.10", hostKey, proxy: { host: "10.0.0.1" } })).toEqual([
      "ssh-host-keys-pinned: it: connection.proxy has no hostKey, so whoever answers at 10.0.0.1 is believed; " +
        "set connection.proxy.hostKey to the machine's public SSH host key",
    ]);
  });

  it("says that a connection that is not known is undecided", () => {
    expect(saidOf("command:remote:CopyToRemote", { connection: unknown })).toEqual([
      "decided: ssh-host-keys-pinned: undecided, because a preview cannot know it (connection); `up` decides it",
    ]);
  });
});

describe("no-private-keys-in-commands", () => {
  it("passes a key in standard input", () => {
    const inputs = {
      connection: { hostKey },
      create: "sudo bash -s",
      stdin: key("EC PRIVATE KEY"),
      triggers: ["sha256:1"],
    };
    expect(saidOf("command:remote:Command", inputs)).toEqual([]);
  });

  it.each(["create", "update", "delete", "environment", "triggers"])("refuses one in %s", (property) => {
    const value =
      property === "environment"
        ? { KEY: base64(key("PRIVATE KEY")) }
        : property === "triggers"
          ? [key("PRIVATE KEY")]
          : `echo '${key("PRIVATE KEY")}'`;
    expect(saidOf("command:local:Command", { create: "true", [property]: value })).toEqual([
      `no-private-keys-in-commands: it: ${property} holds a private key (PRIVATE KEY), which process lists, logs and diffs show; pass it in stdin`,
    ]);
  });
});

describe("no-private-keys-in-guestinfo", () => {
  const cloudConfig = (more = "") =>
    `#cloud-config\nssh_deletekeys: true\nssh_keys:\n  ed25519_private: |\n    ${key("OPENSSH PRIVATE KEY").trim().replaceAll("\n", "\n    ")}\n  ed25519_public: ${hostKey}\n${more}`;
  const said = (userdata: string) => saidOf(types.virtualMachine, { extraConfig: { "guestinfo.userdata": userdata } });
  const message = (kind: string) =>
    `no-private-keys-in-guestinfo: it: extraConfig["guestinfo.userdata"] holds a private key (${kind}); ` +
    "send it over the pinned SSH connection once the machine runs; only ssh_keys of its cloud-config may be here";

  it("passes the machine's own host key", () => {
    expect(said(base64(cloudConfig()))).toEqual([]);
    expect(said(gzipSync(cloudConfig()).toString("base64"))).toEqual([]);
    expect(said(cloudConfig())).toEqual([]);
  });

  it("refuses any other, however it is wrapped", () => {
    const file = `write_files:\n  - path: /etc/kubernetes/pki/ca.key\n    encoding: b64\n    content: ${base64(key("EC PRIVATE KEY"))}\n`;
    expect(said(base64(cloudConfig(file)))).toEqual([message("EC PRIVATE KEY")]);
    expect(said(gzipSync(cloudConfig(file)).toString("base64"))).toEqual([message("EC PRIVATE KEY")]);
    expect(said(base64(key("RSA PRIVATE KEY")))).toEqual([message("RSA PRIVATE KEY")]);
    expect(said(base64(`#cloud-config\nruncmd: ["echo '${base64(key("PRIVATE KEY"))}'"]\n`))).toEqual([
      message("PRIVATE KEY"),
    ]);
  });

  it("is undecided while the userdata is not known", () => {
    expect(said(unknown)).toEqual([
      "decided: no-private-keys-in-guestinfo: undecided, because a preview cannot know it (extraConfig.guestinfo.userdata); `up` decides it",
    ]);
  });
});

describe("certificates-last", () => {
  const day = 24;
  const inDays = (days: number) => new Date(Date.now() + days * day * 3_600_000).toISOString();
  const said = (inputs: Props, validityEndTime: string, config?: Record<string, Props>) =>
    saidOf(types.signedCertificate, inputs, { outputs: { validityEndTime }, config });
  const year = { validityPeriodHours: 365 * day, earlyRenewalHours: 90 * day };

  it("passes one that lasts, and one that this update issues", () => {
    expect(said(year, inDays(300))).toEqual([]);
    expect(said(year, unknown)).toEqual([]);
  });

  it("refuses one that ends soon or has ended", () => {
    const soon = inDays(10.5);
    expect(said(year, soon)).toEqual([
      `certificates-last: it: the certificate ends in 10 days, on ${soon}; run \`pulumi up\`, which reissues it`,
    ]);
    const past = inDays(-1);
    expect(said(year, past)).toEqual([
      `certificates-last: it: the certificate ended on ${past}; run \`pulumi up\`, which reissues it`,
    ]);
  });

  it("refuses one that `up` would renew too late", () => {
    expect(said({ ...year, earlyRenewalHours: 7 * day }, inDays(300))).toEqual([
      "certificates-last: it: the certificate is renewed only when less than 7 days are left; set earlyRenewalHours to 336 or more",
    ]);
    expect(
      saidOf(types.selfSignedCertificate, { validityPeriodHours: 8760 }, { outputs: { validityEndTime: unknown } }),
    ).toEqual([
      "certificates-last: it: the certificate is renewed only when less than 0 days are left; set earlyRenewalHours to 336 or more",
    ]);
  });

  it("refuses one that is issued for too short a time", () => {
    expect(said({ validityPeriodHours: 10 * day, earlyRenewalHours: 15 * day }, unknown)).toEqual([
      "certificates-last: it: the certificate is issued for 10 days; set validityPeriodHours to more than 336",
    ]);
  });

  it("takes the number of days from the pack's configuration", () => {
    expect(said(year, inDays(40), { "certificates-last": { days: 60 } })).toHaveLength(1);
    expect(said(year, inDays(40))).toEqual([]);
  });
});

describe("private keys in a text", () => {
  it("are found below base64 and gzip, and base64 in lines", () => {
    const wrapped = base64(`client-key-data: ${base64(key("EC PRIVATE KEY"))}`);
    expect(privateKeysIn(wrapped)).toEqual(["EC PRIVATE KEY"]);
    expect(privateKeysIn((wrapped.match(/.{1,64}/g) ?? []).join("\n"))).toEqual(["EC PRIVATE KEY"]);
    expect(privateKeysIn(gzipSync(wrapped).toString("base64"))).toEqual(["EC PRIVATE KEY"]);
  });

  it("are not what only looks like them", () => {
    expect(privateKeysIn("-----BEGIN PUBLIC KEY----- -----BEGIN CERTIFICATE-----")).toEqual([]);
    expect(privateKeysIn(base64("x".repeat(1000)))).toEqual([]);
  });
});
