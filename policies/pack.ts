import { servePack } from "../sdks/pulumi/scopedPack";
import { policies } from "./policies";
import { type PresetName, presets } from "./presets";

/** Serves the pack, with a preset's enforcement and parameters; what the owner sets wins. */
export function startPack(preset?: PresetName): void {
  const name = preset === undefined ? "groundwork" : `groundwork-${preset}`;
  servePack(name, policies(), preset && presets[preset]);
}
