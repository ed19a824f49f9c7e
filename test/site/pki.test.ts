import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { authorities } from "../../site/pki/authorities";
import { certificatesOf } from "../../site/pki/certificates";
import { encryptionKeyOf } from "../../site/pki/keys";
import { kubeconfigsOf } from "../../site/pki/kubeconfigs";
import { addressIn, apiServiceAddress, dnsServiceAddress } from "../../site/plan/endpoints";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

const plan = planSite(parseSite(site(threeHosts)));
const certificates = certificatesOf(plan);
const certificate = (id: string) => certificates.find((c) => c.id === id);

describe("the certificates of a three-host site", () => {
  test("all of them", () => {
    const line = (c: (typeof certificates)[number]) =>
      [
        c.id,
        `${c.authority}: ${c.organization ? `O=${c.organization} ` : ""}CN=${c.commonName}`,
        c.usages.filter((u) => u !== "digital_signature").join("+"),
        [...c.dnsNames, ...c.ipAddresses].join(" "),
        c.machines.join(" ") || "(operator)",
      ].join(" | ");
    expect(certificates.map(line)).toMatchSnapshot();
  });

  test("ids are unique and each authority signs something", () => {
    expect(new Set(certificates.map((c) => c.id)).size).toBe(certificates.length);
    expect(new Set(certificates.map((c) => c.authority))).toEqual(new Set(authorities.map((a) => a.id)));
  });

  test("the API server is known by the service, its address and the endpoint", () => {
    expect(certificate("apiserver-shop-control-plane-a")).toMatchObject({
      dnsNames: expect.arrayContaining(["kubernetes.default.svc.cluster.local", "shop-control-plane-a"]),
      ipAddresses: expect.arrayContaining(["10.96.0.1", plan.vip]),
    });
  });

  test("only the first control plane has what makes anybody a master", () => {
    expect(certificate("super-admin")).toMatchObject({
      organization: "system:masters",
      machines: ["shop-control-plane-a"],
    });
    expect(certificates.filter((c) => c.organization === "system:masters")).toHaveLength(1);
  });

  test("each is renewed well before it ends", () => {
    for (const { validityHours, earlyRenewalHours } of [...certificates, ...authorities]) {
      expect(earlyRenewalHours).toBeGreaterThanOrEqual(0.2 * validityHours);
      expect(earlyRenewalHours).toBeLessThan(validityHours);
    }
  });

  test("every kubeconfig has a client certificate that its machine holds", () => {
    for (const file of kubeconfigsOf(plan)) {
      const used = certificate(file.certificate);
      expect(used?.usages).toContain("client_auth");
      expect(used?.commonName).toBe(file.user);
      expect(used?.machines ?? []).toEqual(file.machine ? expect.arrayContaining([file.machine]) : []);
    }
  });
});

test("service addresses are counted from the range's first", () => {
  expect([apiServiceAddress(plan), dnsServiceAddress(plan)]).toEqual(["10.96.0.1", "10.96.0.10"]);
  expect(addressIn("10.0.255.0/23", 257)).toBe("10.0.255.1");
});

test("the encryption key is the 32 random bytes of an Ed25519 key", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = Buffer.from(encryptionKeyOf(privateKey.export({ type: "pkcs8", format: "pem" }).toString()), "base64");
  expect(key.toString("base64url")).toBe(privateKey.export({ format: "jwk" }).d);
});

test("another key is refused", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const short = privateKey
    .export({ type: "pkcs8", format: "pem" })
    .toString()
    .replace(/.{40}\n/, "\n");
  expect(() => encryptionKeyOf(short)).toThrow(
    "encryption key: not an Ed25519 key in PKCS #8; give `privateKeyPemPkcs8`",
  );
});
