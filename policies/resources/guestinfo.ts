import { parse } from "yaml";
import { privateKeysIn, unwrapped } from "../privateKeys";
import type { ResourceRule } from "../resourcePolicy";
import { virtualMachine } from "../types";

/** S4: guestinfo can be read by whoever may read the virtual machine in vCenter, and stays there. */
export const noKeysInGuestinfo: ResourceRule = {
  id: "no-private-keys-in-guestinfo",
  title: "guestinfo carries no private key but the machine's own SSH host key",
  row: "S4",
  severity: "mandatory",
  types: [virtualMachine],
  check: ({ props }) => {
    const extraConfig: Record<string, string> = props.extraConfig ?? {};
    return Object.keys(extraConfig).flatMap((key) =>
      privateKeysIn(withoutHostKeys(extraConfig[key] ?? "")).map((kind) => ({
        fact: `extraConfig["${key}"] holds a private key (${kind})`,
        fix: "send it over the pinned SSH connection once the machine runs; only ssh_keys of its cloud-config may be here",
      })),
    );
  },
};

/** A cloud-config without the private host keys that it gives the machine; any other text as it is. */
function withoutHostKeys(text: string): string {
  const plain = text.startsWith("#cloud-config") ? text : unwrapped(text);
  const config = plain?.startsWith("#cloud-config") ? mapping(plain) : undefined;
  if (config === undefined) return text;
  const { ssh_keys: hostKeys, ...rest } = config;
  const others = Object.entries(hostKeys ?? {}).filter(([name]) => !/^(ed25519|ecdsa|rsa)_private$/.test(name));
  return JSON.stringify([rest, others]);
}

function mapping(yaml: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parse(yaml);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
