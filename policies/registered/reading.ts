/** What a value that is not known counts as: nothing, or the worst it could be. */
export type Assumption = "left out" | "worst";

/** What the engine sends in place of a value that a preview cannot know, by the kind of value. */
const unknownValues: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isUnknownValue(value: unknown): boolean {
  return typeof value === "string" && unknownValues.has(value);
}

/** Properties without the proxies that throw when one is read that is not known, and hide which are secret. */
export function raw(props: unknown): unknown {
  const within = (props as { __getSpecialProxyTarget?: unknown } | undefined)?.__getSpecialProxyTarget;
  return within === undefined ? props : raw(within);
}

/**
 * Reads registered properties that may not be known. A scalar is `null` where nothing is set and `undefined` where it is not
 * known, or the worst where that is assumed. Whatever was asked for and is not known is remembered.
 */
export class Reading {
  private constructor(
    private readonly value: unknown,
    private readonly path: string,
    private readonly assume: Assumption,
    /** Paths of what was asked for and is not known. */
    readonly unknowns: string[],
  ) {}

  static of(props: unknown, assume: Assumption): Reading {
    return new Reading(raw(props), "", assume, []);
  }

  /** A part, however deep; part of what is not known is not known either. */
  at(...keys: string[]): Reading {
    let [value, path] = [this.value, this.path];
    for (const key of keys) {
      if (isUnknownValue(value)) break;
      value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
      path = path === "" ? key : `${path}.${key}`;
    }
    return new Reading(value, path, this.assume, this.unknowns);
  }

  get isKnown(): boolean {
    return !isUnknownValue(this.value);
  }

  /** The value itself. `worst` is what it counts as if it is not known and the worst is assumed. */
  as<T>(is: (value: unknown) => value is T, worst: T | null = null): T | null | undefined {
    if (!this.isKnown) return this.notKnown() ? worst : undefined;
    return is(this.value) ? this.value : null;
  }

  text(worst: string | null = null): string | null | undefined {
    return this.as((value) => typeof value === "string", worst);
  }

  number(worst: number | null = null): number | null | undefined {
    return this.as((value) => typeof value === "number", worst);
  }

  flag(worst: boolean | null = null): boolean | null | undefined {
    return this.as((value) => typeof value === "boolean", worst);
  }

  /** Whether something is set. */
  isSet(): true | null | undefined {
    if (!this.isKnown) return this.notKnown() ? null : undefined;
    return this.value === undefined || this.value === null ? null : true;
  }

  texts(worst: string[] | null = null): string[] | null | undefined {
    if (!this.isKnown) return this.notKnown() ? worst : undefined;
    return Array.isArray(this.value) ? this.list().flatMap((part) => part.text() ?? []) : null;
  }

  /** Text by name; what is not known of it is left out. */
  record(): Readonly<Record<string, string>> | null | undefined {
    if (!this.isKnown) return this.notKnown() ? null : undefined;
    if (typeof this.value !== "object" || this.value === null) return null;
    return Object.fromEntries(this.entries().flatMap(([key, part]) => [[key, part.text() ?? ""]]));
  }

  /** What is known of it as text, to be searched, and whether something may be hidden in what is not. */
  searched(): { text: string; mayHide: boolean | undefined } {
    let whole = true;
    const text = JSON.stringify(this.value ?? null, (_, part: unknown) => {
      if (!isUnknownValue(part)) return part;
      whole = false;
      return null;
    });
    const mayHide = whole ? false : this.notKnown() || undefined;
    return { text: typeof this.value === "string" && whole ? this.value : text, mayHide };
  }

  /** The parts of a list. One that is not known has one part that is empty, if the worst is assumed. */
  list(): Reading[] {
    if (!this.isKnown) return this.notKnown() ? [new Reading(undefined, this.path, this.assume, this.unknowns)] : [];
    return Array.isArray(this.value) ? this.value.map((_, i) => this.at(String(i))) : [];
  }

  entries(): [string, Reading][] {
    if (!this.isKnown) this.notKnown();
    if (!this.isKnown || typeof this.value !== "object" || this.value === null) return [];
    return Object.keys(this.value).map((key) => [key, this.at(key)]);
  }

  /** Remembers the path; whether the worst is assumed. */
  private notKnown(): boolean {
    if (!this.unknowns.includes(this.path)) this.unknowns.push(this.path);
    return this.assume === "worst";
  }
}
