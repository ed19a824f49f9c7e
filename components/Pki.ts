import * as pulumi from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert";
import { KEPT, type KeptResource } from "../site/life/sealed";
import { type AuthorityId, type AuthorityPlan, authoritiesOf } from "../site/pki/authorities";
import { type CertificatePlan, certificatesOf } from "../site/pki/certificates";
import { encryptionKeyOf, type KeyPlan, keysOf } from "../site/pki/keys";
import type { SitePlan } from "../site/plan/model";
import { type CertificatePlace, certificatePlaces } from "../site/render/certificatePlaces";
import { type Content, fill, type SecretRef, secretsIn } from "../site/render/content";
import type { Signer } from "./issue";

/** A line of the certificate inventory (S2). */
export interface CertificateRecord {
  id: string;
  purpose: string;
  commonName: string;
  /** The authority that signed it; itself, for an authority. */
  authority: string;
  /** The issuer's name in the certificate. */
  issuer: string;
  /** RFC 3339. */
  expires: string;
  /** When those end that were issued ahead and follow it without an `up`, RFC 3339, the next one first. */
  successors?: string[];
  /** The machines that hold its private key. */
  machines: string[];
  /** Where the certificate lies and what reads it there. */
  places: CertificatePlace[];
}

interface Authority {
  plan: AuthorityPlan;
  key: PrivateKey;
  certificate: SelfSignedCert;
}

interface Certificate {
  plan: CertificatePlan;
  key: PrivateKey;
  certificate: LocallySignedCert;
}

export interface PkiArgs {
  plan: SitePlan;
}

/**
 * Every key and certificate of the site (S1). Keys are secrets from birth, in the encrypted state and in encrypted backups; no
 * machine gets an authority's. A certificate is renewed by the `up` that finds it inside its early-renewal window (S2).
 */
export class Pki extends pulumi.ComponentResource {
  /** All certificates with what they are for and when they end. */
  readonly inventory: pulumi.Output<CertificateRecord[]>;
  private readonly site: string;
  private readonly keys = new Map<string, PrivateKey>();
  /** Each with its generations, the one that signs first. */
  private readonly authorities = new Map<AuthorityId, Authority[]>();
  private readonly certificates = new Map<string, Certificate>();
  /** What must outlive the site: what cannot be made again from anything else. */
  private readonly lasting: { name: string; resource: PrivateKey | SelfSignedCert }[] = [];
  private readonly provided = new Map<SecretRef, pulumi.Output<string>>();
  /** An output costs the program time: many files of many machines refer to the same. */
  private readonly values = new Map<SecretRef, pulumi.Output<string>>();

  constructor(name: string, args: PkiArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:Pki", name, {}, opts);
    this.site = name;
    // Machines wait for their SSH host keys and for nothing else of this: those come first.
    for (const key of sshFirst(keysOf(args.plan))) {
      const resource = this.privateKey(key.id, key.algorithm);
      this.keys.set(key.id, resource);
      if (!key.id.startsWith("ssh-host-")) this.lasting.push({ name: this.named(key.id), resource });
    }
    for (const authority of authoritiesOf(args.plan)) {
      this.authorities.set(authority.id, [...(this.authorities.get(authority.id) ?? []), this.authority(authority)]);
    }
    for (const certificate of certificatesOf(args.plan)) {
      this.certificates.set(certificate.id, this.certificate(certificate));
    }
    this.inventory = this.inventoried(args.plan);
    this.registerOutputs({ inventory: this.inventory });
  }

  /** The keys and authorities that a restored site goes on with; a secret. */
  kept(): pulumi.Output<KeptResource[]> {
    const all = this.lasting.map(({ name, resource }) => {
      const type =
        resource instanceof PrivateKey ? "tls:index/privateKey:PrivateKey" : "tls:index/selfSignedCert:SelfSignedCert";
      const told = resource as unknown as Record<string, pulumi.Output<unknown>>;
      const outputs = Object.fromEntries(KEPT[type].map((key) => [key, told[key]]));
      return { type, name, id: resource.id, outputs };
    });
    return pulumi.secret(all) as pulumi.Output<KeptResource[]>;
  }

  /** Gives what a reference stands for that is not of the PKI's own making: `backup/ID`, say. */
  provide(ref: SecretRef, value: pulumi.Output<string>): void {
    this.provided.set(ref, value);
  }

  /** An authority's certificate and key, to issue with. */
  signer(id: AuthorityId): pulumi.Output<Signer> {
    const { key, certificate } = this.signing(id);
    const signer = { certificatePem: certificate.certPem, privateKeyPem: pulumi.secret(key.privateKeyPem) };
    return pulumi.output(signer);
  }

  /** The plans of certificates. */
  planned(ids: readonly string[]): CertificatePlan[] {
    return ids.map((id) => found(this.certificates, id).plan);
  }

  /** When the first of these certificates ends, RFC 3339. */
  firstEnd(ids: readonly string[]): pulumi.Output<string> {
    const ends = ids.map((id) => found(this.certificates, id).certificate.validityEndTime);
    return pulumi.all(ends).apply((times) => times.reduce((a, b) => (Date.parse(a) <= Date.parse(b) ? a : b)));
  }

  /** The text with every hole filled; secret if any hole holds a private key. */
  filled(content: Content): pulumi.Output<string> {
    return this.allFilled([content]).apply(([text = ""]) => text);
  }

  /** The texts with every hole filled; secret if any hole of any of them holds a private key. */
  allFilled(contents: readonly Content[]): pulumi.Output<string[]> {
    const refs = new Set(contents.flatMap(secretsIn));
    const values = Object.fromEntries([...refs].map((ref) => [ref, this.value(ref)]));
    return pulumi.all(values).apply((known) => contents.map((content) => fill(content, (ref) => known[ref] ?? "")));
  }

  /** What a reference of a rendered file stands for. */
  value(ref: SecretRef): pulumi.Output<string> {
    const value = this.values.get(ref) ?? this.outputOf(ref);
    this.values.set(ref, value);
    return value;
  }

  private outputOf(ref: SecretRef): pulumi.Output<string> {
    const [kind, id] = split(ref);
    switch (kind) {
      case "key":
        return pulumi.secret(this.keyOf(id).privateKeyPem);
      case "public-key":
        return this.keyOf(id).publicKeyPem;
      case "certificate":
        return found(this.certificates, id).certificate.certPem;
      case "authority":
        return pulumi
          .all(found(this.authorities, id as AuthorityId).map(({ certificate }) => certificate.certPem))
          .apply((trusted) => trusted.join(""));
      case "openssh-key":
        return pulumi.secret(this.keyOf(id).privateKeyOpenssh);
      case "openssh-public-key":
        return this.keyOf(id).publicKeyOpenssh.apply((key) => key.trim());
      case "encryption-key":
        return pulumi.secret(this.keyOf(id).privateKeyPemPkcs8).apply(encryptionKeyOf);
      case "backup":
      case "successor":
      case "successor-key":
      case "successor-dates":
      case "successor-end":
      case "successor-login":
        return found(this.provided, ref);
      default:
        throw new pulumi.RunError(`${ref}: no such kind of secret; correct the renderer`);
    }
  }

  /** From when on all the certificates among the references are valid, in RFC 3339; `undefined` where none is. */
  issued(refs: readonly SecretRef[]): pulumi.Output<string | undefined> {
    const starts = [...new Set(refs)].flatMap((ref) => {
      const [kind, id] = split(ref);
      if (kind === "certificate") return [found(this.certificates, id).certificate.validityStartTime];
      if (kind !== "authority") return [];
      return found(this.authorities, id as AuthorityId).map(({ certificate }) => certificate.validityStartTime);
    });
    return pulumi.all(starts).apply((times) => times.reduce<string | undefined>(laterOf, undefined));
  }

  /** Ids that name a machine name its site already. */
  private named(id: string): string {
    return id.includes(`${this.site}-`) ? id : `${this.site}-${id}`;
  }

  private keyOf(id: string): PrivateKey {
    return this.keys.get(id) ?? found(this.certificates, id).key;
  }

  private privateKey(id: string, algorithm: KeyPlan["algorithm"]): PrivateKey {
    return new PrivateKey(this.named(id), algorithm === "ECDSA" ? { algorithm, ecdsaCurve: "P256" } : { algorithm }, {
      parent: this,
    });
  }

  private authority(plan: AuthorityPlan): Authority {
    const key = this.privateKey(plan.name, "ECDSA");
    const certificate = new SelfSignedCert(
      this.named(plan.name),
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: plan.commonName },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["digital_signature", "cert_signing", "crl_signing"],
        validityPeriodHours: plan.validityHours,
        earlyRenewalHours: plan.earlyRenewalHours,
      },
      { parent: this },
    );
    const name = this.named(plan.name);
    this.lasting.push({ name, resource: key }, { name, resource: certificate });
    return { plan, key, certificate };
  }

  private certificate(plan: CertificatePlan): Certificate {
    const name = this.named(plan.id);
    const key = this.privateKey(plan.id, "ECDSA");
    const authority = this.signing(plan.authority);
    const request = new CertRequest(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: plan.commonName, organization: plan.organization },
        dnsNames: plan.dnsNames,
        ipAddresses: plan.ipAddresses,
      },
      { parent: this },
    );
    const certificate = new LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: authority.key.privateKeyPem,
        caCertPem: authority.certificate.certPem,
        allowedUses: plan.usages,
        validityPeriodHours: plan.validityHours,
        earlyRenewalHours: plan.earlyRenewalHours,
      },
      { parent: this },
    );
    return { plan, key, certificate };
  }

  private signing(id: AuthorityId): Authority {
    // The one that signs comes first: see `authoritiesOf`.
    return found(this.authorities, id)[0] as Authority;
  }

  private inventoried(plan: SitePlan): pulumi.Output<CertificateRecord[]> {
    const ends = <T extends SelfSignedCert | LocallySignedCert>(certificate: T) => certificate.validityEndTime;
    const places = certificatePlaces(plan);
    return pulumi.all([
      ...[...this.authorities.values()].flat().map(({ plan: { id, name, commonName, signs }, certificate }) => ({
        id: name,
        purpose: `${signs ? "signs the certificates" : "is trusted beside the authority"} of ${id}`,
        commonName,
        authority: id as string,
        issuer: commonName,
        expires: ends(certificate),
        machines: [] as string[],
        places: places.get(`authority/${id}`) ?? [],
      })),
      ...[...this.certificates.values()].map(({ plan, certificate }) => ({
        id: plan.id,
        purpose: plan.purpose,
        commonName: plan.commonName,
        authority: plan.authority as string,
        issuer: this.signing(plan.authority).plan.commonName,
        expires: ends(certificate),
        machines: plan.machines,
        places: places.get(`certificate/${plan.id}`) ?? [],
      })),
    ]);
  }
}

function laterOf(a: string | undefined, b: string): string {
  return a !== undefined && Date.parse(a) > Date.parse(b) ? a : b;
}

function sshFirst(keys: KeyPlan[]): KeyPlan[] {
  const isSsh = (key: KeyPlan) => (key.id.startsWith("ssh-") ? 0 : 1);
  return [...keys].sort((a, b) => isSsh(a) - isSsh(b));
}

function split(ref: SecretRef): [string, string] {
  const slash = ref.indexOf("/");
  return [ref.slice(0, slash), ref.slice(slash + 1)];
}

function found<K extends string, T>(map: ReadonlyMap<K, T>, id: K): T {
  const value = map.get(id);
  if (value === undefined) {
    throw new pulumi.RunError(
      `${id}: a file refers to it but the plan has no such key or certificate; add it to site/pki`,
    );
  }
  return value;
}
