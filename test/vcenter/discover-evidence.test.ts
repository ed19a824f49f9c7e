import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hostsYaml } from "../../cli/discover/command";
import { discover } from "../../cli/discover/vcenter";
import { UnusableInput } from "../../site/description/unusableInput";
import { planned } from "../support/planning";
import { site } from "../support/sites";
import { Between, type Change, faultOf, idOf, inObject } from "../support/vcenter/between";
import { TestLab } from "../support/vcenter/lab";

let lab: TestLab;
let between: Between | undefined;
beforeAll(async () => {
  lab = await TestLab.start();
});
afterEach(async () => {
  await between?.stop();
  between = undefined;
});
afterAll(async () => {
  await lab?.destroy();
});

/** Reads the lab's vCenter with its answers changed. */
async function read(change: Change) {
  between = await Between.start(lab.center.server, change);
  return discover({ insecure: true, server: between.server }, lab.center.environment);
}

async function refusal(change: Change): Promise<string> {
  const error = await read(change).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UnusableInput);
  return (error as UnusableInput).message.replace(between?.server ?? "", "SERVER");
}

/** The answer of a vCenter in which the hosts named see the datastore too. */
function alsoSeenBy(answer: string, datastore: string, hosts: string[]): string {
  const ids = hosts.map((name) => idOf(answer, "HostSystem", name));
  return inObject(answer, datastore, (object) =>
    object.replace(
      /<DatastoreHostMount[\s\S]*?<\/DatastoreHostMount>/,
      (mount) => mount + ids.map((id) => mount.replace(/(<key[^>]*>)[^<]*/, `$1${id}`)).join(""),
    ),
  );
}

const retrieved = (change: (answer: string) => string): Change => {
  return (method, answer) => (method === "RetrievePropertiesEx" ? change(answer) : answer);
};

describe("shared storage", () => {
  test("a datastore that several hosts see is storage of its own, with those hosts", async () => {
    const hardware = await read(retrieved((answer) => alsoSeenBy(answer, "esx-1-a", ["esx-2"])));
    expect(hardware.sharedStorage.map((s) => [s.id, s.kind, s.datastores, s.hosts])).toEqual([
      ["naa.5000c5001a", "san", ["esx-1-a"], ["esx-1", "esx-2"]],
    ]);
    expect(hardware.hosts[0]?.devices.map((d) => d.id)).toEqual(["naa.5000c5001b"]);
    const described = parse(hostsYaml(hardware));
    expect(described.sharedStorage[0]).toMatchObject({ kind: "san", hosts: ["esx-1", "esx-2"] });
    const { plan, mandatory } = planned(site(described.hosts, { sharedStorage: described.sharedStorage }));
    expect(mandatory).toEqual([]);
    expect(plan.machines.filter((m) => m.role === "etcd").map((m) => m.host)).toEqual(["esx-1", "esx-2", "esx-3"]);
  });

  test("one that all hosts see needs no list of them", async () => {
    const hardware = await read(retrieved((answer) => alsoSeenBy(answer, "esx-1-a", ["esx-2", "esx-3"])));
    expect(parse(hostsYaml(hardware)).sharedStorage[0]).not.toHaveProperty("hosts");
  });
});

describe("what vCenter does not know", () => {
  test("redundancy is left to a person: none is attested, and the file says so", async () => {
    const yaml = hostsYaml(await read((_, answer) => answer));
    expect(yaml).toContain("vCenter does not know what a RAID controller hides: attest redundancy yourself");
    const { hosts } = parse(yaml);
    for (const host of hosts) for (const device of host.devices) expect(device.redundancy).toBe("none");
  });

  test("a datastore over two disks fails with either: it is left out, and told", async () => {
    const { hosts, notes } = await read(
      retrieved((answer) =>
        inObject(answer, "esx-1-a", (object) =>
          object.replace(/<extent>[\s\S]*?<\/extent>/, (e) => e + e.replace("naa.5000c5001a", "naa.second")),
        ),
      ),
    );
    expect(notes).toEqual([
      "datastore esx-1-a spans naa.5000c5001a and naa.second: it fails with any of them and is left out",
    ]);
    expect(hosts[0]?.devices.map((d) => d.id)).toEqual(["naa.5000c5001b"]);
  });

  test("a name with a line break and control characters stays inside its comment", async () => {
    const evil = "x&#10;sharedStorage: [evil] &#27;[2J";
    const yaml = hostsYaml(await read(retrieved((answer) => answer.replaceAll(">esx-1-a<", `>${evil}<`))));
    expect(Object.keys(parse(yaml))).toEqual(["hosts"]);
    expect(yaml.split("\n").filter((line) => line.startsWith("sharedStorage"))).toEqual([]);
    expect(yaml).not.toContain("\u001b");
  });

  test("a magnetic disk is told from a solid-state one", async () => {
    const { hosts } = await read(retrieved((answer) => answer.replace(/<ssd>true<\/ssd>/g, "<ssd>false</ssd>")));
    expect(new Set(hosts.flatMap((h) => h.devices.map((d) => d.media)))).toEqual(new Set(["hdd"]));
  });
});

describe("a user with few rights, and a vCenter that ends the talk", () => {
  test("a privilege that is missing is named, with what to do", async () => {
    const denied = `<missingSet><path>config.storageDevice.scsiLun</path><fault><fault xsi:type="NoPermission"><object type="HostSystem">host-1</object><privilegeId>System.Read</privilegeId></fault><localizedMessage></localizedMessage></fault></missingSet>`;
    const message = await refusal(
      retrieved((answer) => inObject(answer, "esx-2", (object) => object.replace("</objects>", `${denied}</objects>`))),
    );
    expect(message).toMatch(
      /^user: \S+ may not read config\.storageDevice\.scsiLun of host-\d+ \(System\.Read\); give it the read-only role on the datacenter, with propagation$/,
    );
  });

  test("a method that is not allowed is named", async () => {
    const message = await refusal((method, answer) =>
      method === "CreateContainerView"
        ? faultOf("NoPermission", "Permission to perform this operation was denied.")
        : answer,
    );
    expect(message).toMatch(/^user: \S+ may not do CreateContainerView; give it the read-only role/);
  });

  test("a user that sees no host is told so", async () => {
    const message = await refusal(retrieved((answer) => answer.replace(/<objects>[\s\S]*?<\/objects>/g, "")));
    expect(message).toMatch(/^SERVER: it has no host that \S+ can see; check the cluster's name and the user's role$/);
  });

  test("any other fault is told in vCenter's words", async () => {
    const message = await refusal((method, answer) =>
      method === "RetrievePropertiesEx" ? faultOf("NotAuthenticated", "The session is not authenticated.") : answer,
    );
    expect(message).toBe("SERVER: The session is not authenticated; see vCenter's log");
  });

  test.each([
    ["nothing", ""],
    ["a page of HTML", "<html><body><p>Sign in</body></html>"],
    ["half an answer", "<soapenv:Envelope><soapenv:Body><Retr"],
  ])("%s is no vCenter", async (_, text) => {
    const message = await refusal(() => text);
    expect(message).toBe("SERVER: it answers, but is no vCenter; name a vCenter server");
  });
});

describe("groundwork discover", () => {
  test("prints hosts that plan takes, and keeps the evidence in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "discover-"));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["cli/groundwork.cjs", ...args], {
        cwd: join(__dirname, "../.."),
        env: { ...process.env, ...lab.center.environment },
        encoding: "utf8",
      });
    const evidence = join(folder, "evidence.json");
    const { status, stdout } = run("discover", "--insecure", "--evidence", evidence);
    expect(status).toBe(0);
    const kept = JSON.parse(readFileSync(evidence, "utf8"));
    expect(kept.hosts[1].devices[0].evidence).toEqual([
      expect.objectContaining({
        datastore: "esx-2-a",
        datastoreId: expect.stringMatching(/^datastore-\d+$/),
        type: "vmfs",
        extents: [{ disk: "naa.5000c5002a", partition: 1 }],
        hosts: ["esx-2"],
      }),
    ]);
    writeFileSync(join(folder, "site.yaml"), JSON.stringify({ ...site([]), ...parse(stdout) }));
    expect(run("plan", join(folder, "site.yaml")).status).toBe(0);
    const wrong = run("discover", "--insecure", "--server", "127.0.0.1:1");
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toMatch(/^127\.0\.0\.1:1: it cannot be reached \(ECONNREFUSED\); check .+\n$/);
    rmSync(folder, { recursive: true });
  });
});
