import { describe, expect, it } from "vitest";
import { noSite } from "../../policies/objectPolicy";
import { issuerFact } from "../../policies/registered/objects/tls";
import { Reading } from "../../policies/registered/reading";
import { checkRule } from "../../site/judge/rules";
import { issuersAreBounded } from "../../site/judge/rules/certificates";
import { type Authority, authorityWith, bounds } from "./objects/authorities";

const [basic, names, usage] = bounds as [string, string, string];
const NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** What the rule says of a Secret. */
function said(secret: object): string[] {
  const objects = issuerFact("it", Reading.of(secret, "left out"));
  return checkRule(issuersAreBounded, { ...noSite, objects }).map(({ message }) => message);
}

const inSecret = ({ certificate, key }: Authority) => ({ stringData: { "tls.crt": certificate, "tls.key": key } });

describe("an authority whose key lies in a Secret", () => {
  it.each<[string, string[], string[]]>([
    ["all that it has to say", bounds, []],
    ["two domains", [basic, names.replace(",excluded", ",permitted;DNS:pay.example,excluded"), usage], []],
    ["no bounds", ["basicConstraints=critical,CA:TRUE"], ["any name, addresses, clients and further authorities"]],
    ["no name constraints", [basic, usage], ["any name and addresses"]],
    [
      "name constraints that a client may pass over",
      [basic, names.replace("critical,", ""), usage],
      ["any name and addresses"],
    ],
    ["a top-level domain", [basic, names.replace("apps.store.example", "example"), usage], ["every name in example"]],
    [
      "excluded names alone",
      [basic, "nameConstraints=critical,excluded;DNS:bank.example", usage],
      ["any name and addresses"],
    ],
    [
      "no excluded addresses",
      [basic, "nameConstraints=critical,permitted;DNS:apps.store.example", usage],
      ["addresses"],
    ],
    [
      "addresses of one version excluded",
      [basic, "nameConstraints=critical,permitted;DNS:apps.store.example,excluded;IP:0.0.0.0/0.0.0.0", usage],
      ["addresses"],
    ],
    ["clients, too", [basic, names, `${usage},clientAuth`], ["clients"]],
    ["no usage", [basic, names], ["clients"]],
    ["further authorities", ["basicConstraints=critical,CA:TRUE,pathlen:1", names, usage], ["further authorities"]],
    ["that it is none", ["basicConstraints=critical,CA:FALSE"], []],
  ])("%s", (_, extensions, what) => {
    expect(said(inSecret(authorityWith(extensions)))).toEqual(
      what.map((names) => `who has its key may sign for ${names}`),
    );
  });

  it("is found by its key, whatever its values are called, and not beside another's", () => {
    const open = authorityWith(["basicConstraints=critical,CA:TRUE"]);
    const server = authorityWith(["basicConstraints=critical,CA:FALSE"]);
    expect(said({ data: { "ca-cert.pem": base64(open.certificate), "ca-key.pem": base64(open.key) } })).toHaveLength(1);
    expect(said({ data: { all: base64(`${open.key}\n${open.certificate}`) } })).toHaveLength(1);
    const chain = server.certificate + open.certificate;
    expect(said({ stringData: { "tls.crt": chain, "tls.key": server.key, "ca.crt": open.certificate } })).toEqual([]);
    expect(said({ stringData: { "ca.crt": open.certificate } })).toEqual([]);
  });

  it.each<[string, object]>([
    ["nothing", {}],
    ["values that are not known yet", { stringData: NOT_KNOWN, data: { "tls.crt": NOT_KNOWN, "tls.key": NOT_KNOWN } }],
    ["values that are no text", { stringData: { "tls.crt": 5, "tls.key": null, list: ["a"] }, data: 7 }],
    [
      "what only looks like it",
      {
        stringData: {
          "tls.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
          "tls.key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        },
      },
    ],
  ])("of %s says nothing", (_, secret) => {
    expect(said(secret)).toEqual([]);
  });
});
