import { datastoresOf } from "../datastores";
import { deviceKey } from "../deviceId";
import type { Problem } from "../problem";
import type { Device, SharedStorage, SiteSpec } from "../spec";

/** Hosts, devices and datastores, and the distances between hosts. */
export function consistentStorage(spec: SiteSpec): Problem[] {
  return [...consistentHardware(spec), ...distances(spec)];
}

/** Hosts, devices and datastores: each named once, each device with a datastore, each host with a device. */
export function consistentHardware(spec: Pick<SiteSpec, "hosts" | "sharedStorage">): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, { path: string; name: string }>();
  const once = (kind: string, name: string, path: string, fix: string) => {
    // vCenter and DNS do not tell names apart by the case of their letters.
    const key = `${kind} ${kind === "datastore" ? name : kind === "device" ? deviceKey(name) : name.toLowerCase()}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, { path, name });
    else {
      const sameLetters = earlier.name.toLowerCase() === name.toLowerCase();
      const why = sameLetters ? "only letters' case differs" : "it is the same disk";
      const but = earlier.name === name ? "" : `, as ${earlier.name}: ${why}`;
      problems.push({ path, fact: `${kind} ${name} is already named at ${earlier.path}${but}`, fix });
    }
  };
  const device = (d: Device | SharedStorage, path: string, host?: string) => {
    once(
      "device",
      d.id,
      `${path}.id`,
      host !== undefined && /^(mpx|vml)\./i.test(d.id)
        ? `local disks have one name on every host: write ${host}/${d.id}`
        : "list a device once; storage that several hosts see belongs in sharedStorage",
    );
    const names = datastoresOf(d);
    if (names.length === 0)
      problems.push({ path, fact: `device ${d.id} has no datastore`, fix: "name its datastore, or remove the device" });
    if ("datastore" in d && d.datastore !== undefined && d.datastores !== undefined)
      problems.push({ path, fact: "it has both datastore and datastores", fix: "use one of them" });
    names.forEach((name, i) => {
      const at = "datastore" in d && d.datastore !== undefined ? `${path}.datastore` : `${path}.datastores[${i}]`;
      once("datastore", name, at, "a datastore lies on one device; give each its own name");
    });
  };

  const hosts = new Set(spec.hosts.map((h) => h.name));
  spec.hosts.forEach((host, i) => {
    once("host", host.name, `hosts[${i}].name`, "name each host once");
    host.devices.forEach((d, j) => {
      device(d, `hosts[${i}].devices[${j}]`, host.name);
    });
  });
  spec.sharedStorage.forEach((storage, i) => {
    device(storage, `sharedStorage[${i}]`);
    storage.hosts?.forEach((name, j) => {
      if (!hosts.has(name))
        problems.push({
          path: `sharedStorage[${i}].hosts[${j}]`,
          fact: `there is no host ${name}`,
          fix: "use a name from hosts",
        });
      else if (storage.hosts?.indexOf(name) !== j)
        problems.push({
          path: `sharedStorage[${i}].hosts[${j}]`,
          fact: `${name} is already listed at sharedStorage[${i}].hosts[${storage.hosts?.indexOf(name)}]`,
          fix: "list it once",
        });
    });
  });
  const everywhere = spec.sharedStorage.some((s) => s.hosts === undefined);
  const seen = new Set(spec.sharedStorage.flatMap((s) => s.hosts ?? []));
  spec.hosts.forEach((host, i) => {
    if (host.devices.length === 0 && !everywhere && !seen.has(host.name))
      problems.push({
        path: `hosts[${i}].devices`,
        fact: `host ${host.name} has no storage`,
        fix: "list at least one device",
      });
    if (host.hypervisorMemoryGiB !== undefined && host.hypervisorMemoryGiB >= host.memoryGiB)
      problems.push({
        path: `hosts[${i}].hypervisorMemoryGiB`,
        fact: `${host.hypervisorMemoryGiB} GiB leave nothing of ${host.memoryGiB} GiB`,
        fix: "use less",
      });
  });
  return problems;
}

function distances({ hosts, network }: SiteSpec): Problem[] {
  const names = new Set(hosts.map(({ name }) => name));
  const twice = network.rtt.flatMap(({ between: [one, other] }, i) =>
    one === other
      ? [{ path: `network.rtt[${i}].between`, fact: `both are ${one}`, fix: "name two hosts, or leave it out" }]
      : [],
  );
  const unknown = network.rtt.flatMap(({ between }, i) =>
    between.flatMap((name, j) =>
      names.has(name) || between[0] === between[1]
        ? []
        : [
            {
              path: `network.rtt[${i}].between[${j}]`,
              fact: `there is no host ${name}`,
              fix: "use a name from hosts",
            },
          ],
    ),
  );
  const pair = ({ between }: { between: readonly string[] }) => [...between].sort().join(" ");
  const again = network.rtt.flatMap((one, i): Problem[] => {
    const earlier = network.rtt.findIndex((other) => pair(other) === pair(one));
    if (earlier === i) return [];
    const fact = `${one.between.join(" and ")} are already at network.rtt[${earlier}]`;
    return [{ path: `network.rtt[${i}].between`, fact, fix: "list each pair once" }];
  });
  return [...twice, ...again, ...unknown];
}
