import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";
import { type PresetName, presets } from "./presets";
import { readOnce } from "./readOnce";

/** Serves the pack, with a preset's enforcement and parameters; what the owner sets wins. */
export function startPack(preset?: PresetName): void {
  readOnce();
  const name = preset === undefined ? "groundwork" : `groundwork-${preset}`;
  new PolicyPack(name, { policies: policies() }, preset && presets[preset]);
}
