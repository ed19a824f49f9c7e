import { PolicyPack } from "@pulumi/policy";
import { askingNarrowly } from "./asking";
import { thisDeployment } from "./deployment";
import { policies } from "./policies";
import { type PresetName, presets } from "./presets";
import { readOnce } from "./readOnce";

/** Serves the pack, with a preset's enforcement and parameters; what the owner sets wins. */
export function startPack(preset?: PresetName): void {
  readOnce();
  const name = preset === undefined ? "groundwork" : `groundwork-${preset}`;
  const all = policies();
  askingNarrowly(name, all, thisDeployment, () => new PolicyPack(name, { policies: all }, preset && presets[preset]));
}
