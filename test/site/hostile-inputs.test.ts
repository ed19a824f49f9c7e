import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runPlan } from "../../cli/plan/command";

const folder = join(__dirname, "inputs");

function plan(name: string): { code: number; told: string } {
  let told = "";
  const code = runPlan(
    join(folder, name),
    {},
    () => {},
    (text) => {
      told += text;
    },
  );
  return { code, told };
}

const nonsense = readdirSync(join(folder, "nonsense"));

describe("what can never work is refused", () => {
  test("there are as many as were handed in", () => {
    expect(nonsense).toHaveLength(29);
  });

  test.each(nonsense.map((name) => [name.replace(/\.yaml$/, "").replace(/-/, " "), name]))("nonsense %s", (_, name) => {
    const { code, told } = plan(`nonsense/${name}`);
    expect(code).toBe(2);
    for (const line of told.trimEnd().split("\n")) expect(line).toMatch(/^[\w.[\]]+: .+; .+$/);
  });

  test.each([
    ["F6", "01-dns-server-in-machine-range.yaml", "network.ntp[0]: 10.0.42.12 is inside network.machines"],
    ["F6", "02-esxi-hosts-named-by-address-in-range.yaml", "hosts[2].name: 10.0.42.12 is inside network.machines"],
    ["F6", "03-dns-server-inside-service-cidr.yaml", "network.nameservers[1]: 10.244.7.53 is inside network.podCidr"],
    ["F6", "16-external-lb-on-pod-range.yaml", "loadBalancer.endpoint: 10.244.3.9 is inside network.podCidr"],
    ["F4", "08-same-mpx-id.yaml", "local disks have one name on every host: write esx-2/mpx.vmhba0:C0:T0:L0"],
    ["keys", "22-existing-no-nameservers.yaml", "machines[1].hostKey: it is the key of machines[0], too"],
    ["F5", "40-discover-san-only.yaml", "hosts[0].devices: null is not a list; write a list"],
    ["F5", "40-discover-vsan.yaml", 'sharedStorage[0].id: "vsan:vsanDatastore (1)" is not valid'],
  ])("%s %s", (_, name, line) => {
    const { code, told } = plan(name);
    expect(code).toBe(2);
    expect(told).toContain(line);
  });

  test.each([
    ["the base of them all", "00-base.yaml"],
    ["F10", "04-port-group-with-slash.yaml"],
    ["F10", "06-port-group-umlaut.yaml"],
    ["F9", "13-registry-port.yaml"],
    ["F8", "15-flannel.yaml"],
  ])("%s: %s is planned", (_, name) => {
    expect(plan(name)).toEqual({ code: 0, told: "" });
  });
});
