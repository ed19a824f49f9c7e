import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse, stringify } from "yaml";
import { repository } from "./toolchain/artifact";

/** A resource of a checkpoint, as `pulumi stack export` has it. */
export interface StateResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** What `pulumi stack export --show-secrets` prints and `pulumi stack import` takes: secrets are in clear text in it. */
export interface Checkpoint {
  version: number;
  deployment: { manifest: { time: string }; secrets_providers?: object; resources: StateResource[] };
}

/** The state that a release left of its demo site. */
export interface RecordedState {
  /** The release: `0.1.0`. */
  version: string;
  /** The stack's name. */
  stack: string;
  /** `config` of the stack file that it belongs to. */
  config: Record<string, unknown>;
  checkpoint: Checkpoint;
  /** What later programs change of it; nothing else may change. */
  changes: ExpectedChange[];
}

/** A change that a later program makes of a recorded state, on purpose. */
export interface ExpectedChange {
  type: string;
  name: string;
  op: string;
  /** Names of the inputs that differ. */
  inputs?: string[];
  /** Why it must be. */
  why: string;
}

const states = join(repository, "test/state");

/**
 * The passphrase of all recorded states. It is no secret: what it hides are the keys of sites that are gone. It keeps them from looking like
 * keys that somebody lost.
 */
const passphrase = "recorded state of a site that is gone";
/** scrypt's, as a power of two: a passphrase that everybody knows needs no long work. */
const work = 10;

/** The folder of a release's state. */
export function recordedFolder(version: string): string {
  return join(states, version);
}

/** The releases whose states are recorded. */
export function recordedVersions(): string[] {
  return readdirSync(states)
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

export async function readRecordedState(version: string): Promise<RecordedState> {
  const folder = recordedFolder(version);
  const [file] = readdirSync(folder).filter((name) => name.endsWith(sealed));
  if (file === undefined) throw new Error(`${folder}: there is no recorded state; record it with npm run state:record`);
  const stack = file.slice(0, -sealed.length);
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const text = gunzipSync(await decrypter.decrypt(readFileSync(join(folder, file)))).toString();
  const changes = join(folder, "changes.yaml");
  return {
    version,
    stack,
    config: parse(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8")).config,
    checkpoint: JSON.parse(text) as Checkpoint,
    changes: existsSync(changes) ? (parse(readFileSync(changes, "utf8"), { merge: true }) ?? []) : [],
  };
}

/** Writes a state, compressed and then encrypted: nothing of it can be read without the passphrase. */
export async function writeRecordedState({ version, stack, config, checkpoint }: Omit<RecordedState, "changes">) {
  const folder = recordedFolder(version);
  mkdirSync(folder, { recursive: true });
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(work);
  encrypter.setPassphrase(passphrase);
  // How its own stack encrypts it is of no use to anybody.
  const { secrets_providers: _, ...deployment } = checkpoint.deployment;
  const content = await encrypter.encrypt(gzipSync(JSON.stringify({ ...checkpoint, deployment }), { level: 9 }));
  writeFileSync(join(folder, `${stack}${sealed}`), content);
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }, { lineWidth: 0 }));
}

const sealed = ".json.gz.age";
