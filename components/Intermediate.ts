import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Intermediate } from "../site/life/intermediate";
import { servicesAuthorityName } from "../site/pki/authorities";
import { type IntermediatePlan, intermediateOf } from "../site/pki/intermediate";
import type { SitePlan } from "../site/plan/model";
import { certificatePlaces } from "../site/render/certificatePlaces";
import { apart } from "./apart";
import { authorityIssuer, type Signer } from "./issue";
import type { CertificateRecord, Pki } from "./Pki";

const HOUR = 3_600_000;

/** Issues the authority whose key lies in the cluster. What the last `up` issued stays as long as it is right and young enough. */
export function provideIntermediate(
  plan: SitePlan,
  pki: Pki,
  last: Intermediate | undefined,
): pulumi.Output<Intermediate> | undefined {
  const about = intermediateOf(plan);
  if (about === undefined) return undefined;
  const known = pki.signer(about.authority).apply((signer) => ({ signer, now: Date.now() }));
  const meanwhile: Intermediate = last ?? { basis: "", issued: "", ends: "", certificatePem: "", privateKeyPem: "" };
  return apart(known, meanwhile, ({ signer, now }) => intermediate(about, signer, now, last));
}

/** What is right and young enough, or another one. */
export async function intermediate(
  about: IntermediatePlan,
  signer: Signer,
  now: number,
  last?: Intermediate,
): Promise<Intermediate> {
  const basis = createHash("sha256")
    .update(JSON.stringify([about, signer.certificatePem]))
    .digest("hex");
  if (last?.basis === basis && now < Date.parse(last.issued) + about.renewedAfterHours * HOUR) return last;
  const issue = await authorityIssuer(signer);
  const [notBefore, notAfter] = [new Date(now), new Date(now + about.validityHours * HOUR)];
  const { certificatePem, privateKeyPem, notAfter: ends } = await issue(about, notBefore, notAfter);
  return {
    version: 1,
    basis,
    issued: notBefore.toISOString(),
    ends: ends.toISOString(),
    certificatePem,
    privateKeyPem,
  };
}

/** Its line in the inventory of certificates, where there is one. */
export function intermediateRecord(plan: SitePlan, { ends }: Intermediate): CertificateRecord[] {
  const about = intermediateOf(plan);
  if (about === undefined) return [];
  const { id, purpose, commonName, authority } = about;
  const issuer = servicesAuthorityName(plan);
  const places = certificatePlaces(plan).get(`certificate/${id}`) ?? [];
  return [{ id, purpose, commonName, authority, issuer, expires: ends, machines: [], places }];
}
