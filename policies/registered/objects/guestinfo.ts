import type { ExposureFact, ObjectFacts } from "../../../site/facts/objects";
import { privateKeysIn, unwrapped } from "../../privateKeys";
import type { Reading } from "../reading";

/** guestinfo can be read by whoever may read the virtual machine in vCenter, and stays there. */
export function guestinfoFacts(path: string, read: Reading): Partial<ObjectFacts> {
  const extraConfig = read.at("extraConfig");
  const exposures = extraConfig.entries().flatMap(([key, value]): ExposureFact[] => {
    const place = `extraConfig["${key}"]`;
    const text = value.text("");
    if (text === undefined) return [{ path, where: "guestinfo", place, secret: undefined }];
    if (!value.isKnown) return [{ path, where: "guestinfo", place, secret: "not known" }];
    return privateKeysIn(withoutHostKeys(text ?? "")).map((secret) => ({ path, where: "guestinfo", place, secret }));
  });
  return { exposures };
}

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
    // Loaded where there is something to read: the pack starts without it.
    const { parse } = require("yaml") as typeof import("yaml");
    const value: unknown = parse(yaml);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
