import { servePack } from "../sdks/pulumi/scopedPack";
import { policies } from "./policies";
import { type PresetName, presets } from "./presets";

/** Serves the pack, with a preset's enforcement and parameters; what the owner sets wins. `pages` is where rules are explained. */
export function startPack(preset?: PresetName, pages?: string): void {
  const name = preset === undefined ? "groundwork" : `groundwork-${preset}`;
  servePack(name, policies(undefined, undefined, pages), preset && presets[preset]);
}
