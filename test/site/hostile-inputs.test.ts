import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runPlan } from "../../cli/plan/command";
import { readSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules } from "../../site/judge/rules";
import { planSite } from "../../site/plan/plan";

const folder = join(__dirname, "inputs");

function plan(name: string): { code: number; told: string; said: string } {
  let [told, said] = ["", ""];
  const code = runPlan(
    join(folder, name),
    {},
    (text) => {
      said += text;
    },
    (text) => {
      told += text;
    },
  );
  return { code, told, said };
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
    ["F10", "04-port-group-with-slash.yaml"],
    ["F10", "06-port-group-umlaut.yaml"],
    ["F9", "13-registry-port.yaml"],
    ["F8", "15-flannel.yaml"],
  ])("%s: %s is refused for nothing but its name servers", (_, name) => {
    const { code, told, said } = plan(name);
    expect({ code, told, refused: said.match(/^mandatory.*/gm) }).toEqual({
      code: 1,
      told: "",
      refused: [
        expect.stringMatching(/^mandatory +network\.nameservers: it is empty, .+; list one or more DNS servers/),
      ],
    });
  });
});

describe("F2: name servers", () => {
  test("virtual machines without any are refused, and with one they are planned", () => {
    const { code, told, said } = plan("00-base.yaml");
    expect({ code, told }).toEqual({ code: 1, told: "" });
    expect(said).toMatch(/^mandatory +network\.nameservers: it is empty/m);
  });

  test("servers that exist keep their own", () => {
    const input = readFileSync(join(folder, "22-existing-no-nameservers.yaml"), "utf8");
    let last = 0;
    const own = input.replace(/AAAAI\w+/g, () => {
      const key = Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, ++last)])
        .toString("base64")
        .replace(/=+$/, "");
      return `AAAAI${key.slice(5)}`;
    });
    const result = readSite(parse(own));
    expect("problems" in result ? result.problems : []).toEqual([]);
    if ("problems" in result) return;
    const findings = checkRules(factsOfPlan(planSite(result.spec)));
    expect(findings.filter(({ rule }) => rule === "name-servers")).toEqual([]);
  });
});
