import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensure, type Progress, runner } from "../toolchain/artifact";
import { vcenter } from "../toolchain/vcenter";
import { Control } from "./control";
import type { Inventory } from "./inventory";
import { cleanUp } from "./leftovers";
import { ensureNetwork, networkName } from "./network";

export interface DatacenterOptions {
  /** The lab's name. */
  lab: string;
  /** The lab's state folder. The datacenter keeps everything in `vcenter` below it. */
  state: string;
  /** The machines' subnet, `10.42.N.0/24`. This machine is its first address. */
  subnet: string;
  inventory: Inventory;
  /** Who signs in to a new one. Default: an administrator with a random password. */
  login?: { user: string; password: string };
  progress?: Progress;
}

/** A lab's running datacenter. */
export interface Datacenter {
  /** `127.0.0.1:PORT`: what clients call vCenter's server. */
  server: string;
  port: number;
  user: string;
  password: string;
  /** What Pulumi's vSphere provider takes from its environment. */
  environment: { VSPHERE_SERVER: string; VSPHERE_USER: string; VSPHERE_PASSWORD: string };
  /** Makes things fail, and mends them. */
  control: Control;
  /** Runs govc against this vCenter and resolves to what it printed. */
  govc(...args: string[]): Promise<string>;
  /** Ends the simulator's process. Machines run on, and `startDatacenter` finds them again. */
  stop(): Promise<void>;
}

interface Endpoint {
  pid: number;
  program: string;
  server: string;
  control: string;
}

interface Credentials {
  user: string;
  password: string;
  token: string;
}

const startPatience = 120_000;

/** The folder of a lab's datacenter. */
export function datacenterFolder(state: string): string {
  return join(state, "vcenter");
}

/**
 * A datacenter with the hosts, devices and datastores of an inventory. One that runs already is used as it is; one that
 * runs with another inventory or program is restarted, and its machines run on meanwhile.
 */
export async function startDatacenter(options: DatacenterOptions): Promise<Datacenter> {
  const { lab, state, progress } = options;
  const folder = datacenterFolder(state);
  const binaries = await ensure(vcenter, progress);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const credentials = ensureCredentials(join(folder, "credentials.json"), options.login);
  const inventoryFile = join(folder, "inventory.json");
  const inventory = `${JSON.stringify(options.inventory, null, 2)}\n`;
  const program = join(binaries, "vcenter");

  await ensureNetwork(lab, options.subnet, progress);
  const running = await findRunning(folder, lab, credentials);
  if (running) {
    const unchanged = existsSync(inventoryFile) && readFileSync(inventoryFile, "utf8") === inventory;
    if (unchanged && running.program === program) return datacenter(binaries, running, credentials);
    progress?.("restarting vCenter with what has changed");
    await stopAndWait(running, credentials);
  }
  writeSecret(inventoryFile, inventory);
  progress?.("starting vCenter and its storage devices");
  const endpoint = await start(program, folder, lab, credentials);
  return datacenter(binaries, endpoint, credentials);
}

/** Names of the templates that a lab's datacenter was last started with; none if it never was. */
export function knownTemplates(state: string): string[] {
  const file = join(datacenterFolder(state), "inventory.json");
  if (!existsSync(file)) return [];
  const { template, moreTemplates = [] } = JSON.parse(readFileSync(file, "utf8")) as Inventory;
  return [template, ...moreTemplates].map(({ name }) => name);
}

/** The lab's datacenter if it runs. */
export async function findDatacenter(lab: string, state: string): Promise<Datacenter | undefined> {
  const folder = datacenterFolder(state);
  const credentials = readCredentials(join(folder, "credentials.json"));
  const running = credentials && (await findRunning(folder, lab, credentials));
  return running ? datacenter(await ensure(vcenter), running, credentials) : undefined;
}

/** Removes a lab's datacenter with its machines, devices and network. One that does not exist is fine. */
export async function destroyDatacenter(lab: string, state: string, progress?: Progress): Promise<void> {
  const folder = datacenterFolder(state);
  const credentials = readCredentials(join(folder, "credentials.json"));
  const running = credentials && (await findRunning(folder, lab, credentials));
  if (running) await stopAndWait(running, credentials);
  await cleanUp(lab, folder, progress);
  rmSync(folder, { recursive: true, force: true });
}

function datacenter(binaries: string, endpoint: Endpoint, { user, password, token }: Credentials): Datacenter {
  const { server } = endpoint;
  const control = new Control(`http://${endpoint.control}`, token);
  return {
    server,
    port: Number(server.slice(server.lastIndexOf(":") + 1)),
    user,
    password,
    environment: { VSPHERE_SERVER: server, VSPHERE_USER: user, VSPHERE_PASSWORD: password },
    control,
    govc: (...args) =>
      runner()(join(binaries, "govc"), args, {
        env: {
          ...process.env,
          GOVC_URL: `https://${server}`,
          GOVC_USERNAME: user,
          GOVC_PASSWORD: password,
          GOVC_INSECURE: "1",
          GOVC_PERSIST_SESSION: "false",
        },
      }),
    stop: () => stopAndWait(endpoint, { user, password, token }),
  };
}

async function start(program: string, folder: string, lab: string, credentials: Credentials): Promise<Endpoint> {
  const logFile = join(folder, "vcenter.log");
  const log = openSync(logFile, "a", 0o600);
  const args = ["-lab", lab, "-state", folder, "-network", networkName(lab)];
  args.push("-inventory", join(folder, "inventory.json"), "-credentials", join(folder, "credentials.json"));
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  closeSync(log);
  child.unref();
  const failure = ended(child);
  for (const deadline = Date.now() + startPatience; Date.now() < deadline; await sleep(50)) {
    const endpoint = readEndpoint(folder);
    const ours = endpoint && endpoint.pid === child.pid;
    if (ours && (await controlOf(endpoint, credentials).answers(lab))) return endpoint;
    const how = failure();
    if (how) throw new Error(`vcenter: ${how}\n${lastLines(logFile)}`);
  }
  child.kill("SIGTERM");
  throw new Error(`vcenter: does not answer after ${startPatience / 1000} s; see ${logFile}`);
}

function ended(child: ChildProcess): () => string | undefined {
  let how: string | undefined;
  child.on("error", (error) => {
    how = `could not be started: ${error.message}`;
  });
  child.on("exit", (code, signal) => {
    how = `ended at its start, with ${signal ?? `exit code ${code}`}`;
  });
  return () => how;
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .slice(-5)
    .map((line) => `  ${line}`)
    .join("\n");
}

async function findRunning(folder: string, lab: string, credentials: Credentials): Promise<Endpoint | undefined> {
  const endpoint = readEndpoint(folder);
  return endpoint && (await controlOf(endpoint, credentials).answers(lab)) ? endpoint : undefined;
}

async function stopAndWait(endpoint: Endpoint, credentials: Credentials): Promise<void> {
  await controlOf(endpoint, credentials).stop();
  for (const deadline = Date.now() + 15_000; existsSync(`/proc/${endpoint.pid}`); await sleep(20))
    if (Date.now() > deadline) throw new Error(`vcenter: process ${endpoint.pid} does not end; end it and try again`);
}

function controlOf(endpoint: Endpoint, { token }: Credentials): Control {
  return new Control(`http://${endpoint.control}`, token);
}

function readEndpoint(folder: string): Endpoint | undefined {
  const file = join(folder, "endpoint.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Endpoint) : undefined;
}

function ensureCredentials(file: string, login: DatacenterOptions["login"]): Credentials {
  const known = readCredentials(file);
  if (known) return known;
  const made = {
    user: login?.user ?? "administrator@vsphere.local",
    password: login?.password ?? randomBytes(18).toString("base64url"),
    token: randomBytes(18).toString("base64url"),
  };
  writeSecret(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

function readCredentials(file: string): Credentials | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Credentials) : undefined;
}

function writeSecret(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
