import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBech32 } from "../../site/description/bech32";
import { sshKeyFault } from "../../site/description/sshKey";
import { hostKeyOf } from "../support/hostKeys";

describe("public keys", () => {
  const rsa = (bytes: number) => {
    const part = (data: Buffer) => Buffer.concat([Buffer.from([0, 0, data.length >> 8, data.length & 255]), data]);
    const modulus = Buffer.concat([Buffer.from([0]), Buffer.alloc(bytes, 0xff)]);
    return `ssh-rsa ${Buffer.concat([part(Buffer.from("ssh-rsa")), part(Buffer.from([1, 0, 1])), part(modulus)]).toString("base64")}`;
  };

  test.each([
    [hostKeyOf(1), undefined],
    [`${hostKeyOf(1)} root@server`, undefined],
    [rsa(384), undefined],
    [rsa(64), "its key is none of type ssh-rsa"],
    ["ssh-ed25519 AAAA", "its key is cut off"],
    ["ssh-ed25519 AAA", "its key is no base64"],
    [hostKeyOf(1).replace("ssh-ed25519", "ssh-rsa"), "it says ssh-rsa, the key in it is ssh-ed25519"],
    [hostKeyOf(1).slice(0, -4), "its key is cut off"],
  ])("%s", (line, fault) => {
    expect(sshKeyFault(line)).toBe(fault);
  });

  test("a letter of an age recipient that is mistyped is noticed", () => {
    const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    expect(isBech32(recipient)).toBe(true);
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: recipient.length - 1 }),
        fc.constantFrom(..."qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
        (at, letter) => {
          const mistyped = recipient.slice(0, at) + letter + recipient.slice(at + 1);
          expect(isBech32(mistyped)).toBe(mistyped === recipient);
        },
      ),
    );
  });
});
