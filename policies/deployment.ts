import type { ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { type Finding, formatFinding } from "../site/judge/rules";
import { type Found, Outcome } from "./outcome";
import { isCurrent, noSettings, type Settings } from "./settings";

/** A resource as it was registered: its inputs, before anything is done with them. */
export type Registered = Pick<ResourceValidationArgs, "type" | "name" | "urn" | "props" | "opts">;

/** A secret in clear text: the property, and what it holds. */
export interface PlaintextSecret {
  place: string;
  secret: string;
}

/**
 * What the engine told the pack during one preview or update. A stack's resources arrive one by one before they are
 * made, and all at once at the end; components show what they were made of only in the first of the two.
 */
export class Deployment {
  private readonly resources = new Map<string, Registered>();
  private readonly parents = new Map<string, string>();
  private readonly arrivals = new Map<string, object>();
  private readonly plaintextSecrets = new Map<string, PlaintextSecret[]>();
  private count = 0;
  private readonly said = new Set<string>();
  /** What the owner set; none while the policy that reads it was not asked. */
  settings: Settings | undefined;
  readonly outcome: Outcome;

  /** `preview` asks everything at the end, when nothing has been made; an update asks before it makes something. */
  constructor(
    readonly isPreview = process.env.PULUMI_DRY_RUN === "true",
    readonly now: () => number = Date.now,
  ) {
    this.outcome = new Outcome(isPreview);
  }

  register(resource: Registered): void {
    this.count++;
    this.resources.set(resource.urn, resource);
    this.place(resource);
  }

  /** Grows with each registration: what was made of the same version still holds. */
  get version(): number {
    return this.count;
  }

  /** Remembers no more of a resource than what it lies in. */
  place({ urn, opts: { parent } }: Pick<Registered, "urn" | "opts">): void {
    this.arrivals.set(urn, {});
    if (parent) this.parents.set(urn, parent);
  }

  /** Whether a resource is another one or lies in it. */
  within(urn: string, ancestor: string): boolean {
    for (let at: string | undefined = urn; at !== undefined; at = this.parents.get(at))
      if (at === ancestor) return true;
    return false;
  }

  /** What was registered so far, in the order it came. */
  registered(): Registered[] {
    return [...this.resources.values()];
  }

  /** The first of a type that was registered. */
  first(type: string): Registered | undefined {
    for (const resource of this.resources.values()) if (resource.type === type) return resource;
    return undefined;
  }

  knows(urn: string): boolean {
    return this.resources.has(urn);
  }

  /** Another object each time the resource comes to be judged: what was worked out of it before may be no longer so. */
  arrivalOf(urn: string): object {
    return this.arrivals.get(urn) ?? {};
  }

  /** Remembers the secrets in clear text among a resource's properties. */
  keepPlaintextSecrets(urn: string, secrets: PlaintextSecret[]): void {
    this.plaintextSecrets.set(urn, secrets);
  }

  /** None if nobody looked. */
  plaintextSecretsOf(urn: string): readonly PlaintextSecret[] | undefined {
    return this.plaintextSecrets.get(urn);
  }

  /** Reports a finding, once, unless the owner excepted it. */
  tell(finding: Finding, urn: string | undefined, report: ReportViolation): void {
    const message = formatFinding(finding);
    const key = `${finding.rule}\0${message}`;
    if (this.said.has(key)) return;
    this.said.add(key);
    const found: Found = { ...finding, ...(urn !== undefined && { urn }) };
    const exception = (this.settings ?? noSettings).exceptions.find(
      ({ rule, resource, ...rest }) =>
        rule === finding.rule &&
        [urn, urn?.split("::").at(-1), finding.path].includes(resource) &&
        isCurrent({ rule, resource, ...rest }, this.now()),
    );
    if (exception !== undefined) {
      this.outcome.excuse(exception, found);
      return;
    }
    this.outcome.found(found);
    report(message, urn);
  }
}

/** The deployment that this process of the pack was started for. */
export const thisDeployment = new Deployment();
