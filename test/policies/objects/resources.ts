import type { Props, Resource } from "../../support/demoStack";

/** An object that a rule lets pass, and how it is broken. */
export interface ObjectBreakage {
  rule: string;
  sound: Resource[];
  broken: Resource[];
  /** What the pack says of the broken one. */
  says: string;
  config?: Record<string, Props>;
}

/** A property of another resource of the same list. */
export const from = (resource: string, property: string) => ({ "test:from": [resource, property] });

export const command = "command:remote:Command";
export const pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----\n";
export const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
export const connection = { host: "10.42.0.10", user: "root", hostKey };

export const it = (type: string, inputs: Props, name = "it"): Resource => ({ type, name, inputs });
export const remote = (inputs: Props) => it(command, { connection, create: "true", ...inputs });
export const object = (kind: string, inputs: Props, name = "it", group = "core/v1") =>
  it(`kubernetes:${group}:${kind}`, { apiVersion: group.replace("core/", ""), kind, ...inputs }, name);
