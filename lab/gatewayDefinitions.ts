import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { goTool } from "../image/build/go";
import { runner } from "../image/build/run";
import { repository } from "./toolchain/artifact";

// Writes the definitions of the Gateway API's kinds that a site has, from the release that lab/go/gateway-api pins:
// npx tsx lab/gatewayDefinitions.ts

/** What Traefik reads. */
const KINDS = [
  ...["gatewayclasses", "gateways", "httproutes", "grpcroutes", "tlsroutes"],
  ...["referencegrants", "backendtlspolicies"],
];
const MODULE = "sigs.k8s.io/gateway-api";

export const definitionsFile = join(repository, "components/addons/gatewayApi/definitions.json");

interface Definition {
  spec: { versions: { served: boolean }[] };
}

/** The text of that file: a definition a line. What only people read, and versions that are not served, are left out. */
export async function gatewayDefinitionsText(): Promise<string> {
  const run = runner();
  const module = "lab/go/gateway-api";
  await goTool(run, module, ["mod", "download", MODULE]);
  const folder = (await goTool(run, module, ["list", "-m", "-f", "{{.Dir}}", MODULE])).trim();
  const lines = await Promise.all(
    KINDS.map(async (kind) => {
      const file = join(folder, "config/crd/standard", `gateway.networking.k8s.io_${kind}.yaml`);
      const { spec, ...rest } = undescribed(parse(await readFile(file, "utf8"))) as Definition;
      return JSON.stringify({ ...rest, spec: { ...spec, versions: spec.versions.filter(({ served }) => served) } });
    }),
  );
  return `[\n${lines.join(",\n")}\n]\n`;
}

/** Without descriptions. A property may be called so, too. */
function undescribed(value: unknown, isProperties = false): unknown {
  if (Array.isArray(value)) return value.map((one) => undescribed(one));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, one]) => isProperties || key !== "description" || typeof one !== "string",
  );
  return Object.fromEntries(kept.map(([key, one]) => [key, undescribed(one, key === "properties" && !isProperties)]));
}

if (require.main === module) void gatewayDefinitionsText().then((text) => writeFile(definitionsFile, text));
