import { buildCommand } from "../../cli/build";
import { buildProgram } from "../../infra/build";
import { buildPack } from "../../policies/build";

/** What `pulumi` starts is built from what is tested. */
export default async function setup(): Promise<void> {
  await Promise.all([buildPack(), buildProgram(), buildCommand()]);
}
