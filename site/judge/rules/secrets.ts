import { objectsOf } from "../../facts/model";
import type { ConnectionFact, ExposureFact } from "../../facts/objects";
import { type Breach, type Rule, rule } from "./rule";

const source = "S4 [B]";

export const hostKeysArePinned = rule({
  id: "ssh-host-keys-pinned",
  subject: "Secrets and access",
  scope: "object",
  sentence: "every SSH connection pins the public host key of the machine it wants to reach",
  severity: "mandatory",
  source,
  fix: "set hostKey to the machine's public SSH host key",
  about: "connections",
  check: (facts) =>
    objectsOf(facts, "connections").flatMap(({ path, place, address, pinned }: ConnectionFact) =>
      pinned
        ? []
        : [
            {
              path,
              message: `${place} has no hostKey, so whoever answers at ${address ?? "that address"} is believed`,
              fix: `set ${place}.hostKey to the machine's public SSH host key`,
            },
          ],
    ),
});

function exposed(
  where: ExposureFact["where"],
  say: (place: string, secret: string) => string,
): (facts: Parameters<Rule["check"]>[0]) => Breach[] {
  return (facts) =>
    objectsOf(facts, "exposures").flatMap(({ path, place, secret, ...at }) =>
      at.where === where && secret ? [{ path, message: say(place, secret) }] : [],
    );
}

export const noKeysInCommands = rule({
  id: "no-private-keys-in-commands",
  subject: "Secrets and access",
  scope: "object",
  sentence: "no private key is part of a command line, an environment variable or a trigger",
  severity: "mandatory",
  source,
  fix: "pass it in stdin",
  about: "exposures",
  check: exposed(
    "command",
    (place, secret) => `${place} holds a private key (${secret}), which process lists, logs and diffs show`,
  ),
});

export const noKeysInGuestinfo = rule({
  id: "no-private-keys-in-guestinfo",
  subject: "Secrets and access",
  scope: "object",
  sentence: "guestinfo carries no private key but the machine's own SSH host key",
  severity: "mandatory",
  source,
  fix: "send it over the pinned SSH connection once the machine runs; only ssh_keys of its cloud-config may be here",
  about: "exposures",
  check: exposed("guestinfo", (place, secret) => `${place} holds a private key (${secret})`),
});

export const secretsAreSecret = rule({
  id: "secrets-marked",
  subject: "Secrets and access",
  scope: "state",
  sentence:
    "private keys, passwords and the values of Secrets are Pulumi secrets, so that the state and every diff hide them",
  severity: "mandatory",
  source,
  fix: "wrap it in pulumi.secret()",
  about: "exposures",
  check: exposed("state", (place, secret) => `${place} holds a ${secret} that is no Pulumi secret`),
});

export const vcenterIsVerified = rule({
  id: "vcenter-verified",
  subject: "Secrets and access",
  scope: "object",
  sentence: "vCenter's certificate is verified, so that its password goes to nobody else",
  severity: "advisory",
  source: "S5 [B, P]",
  fix: "trust vCenter's authority on this machine and leave allowUnverifiedSsl out",
  about: "vcenters",
  check: (facts) =>
    objectsOf(facts, "vcenters").flatMap(({ path, verified }) =>
      verified === false ? [{ path, message: "whoever answers at vCenter's address gets the user and password" }] : [],
    ),
});
