import { buildProgram } from "../../infra/build";
import { buildPack } from "../../policies/build";

/** What `pulumi` starts is built from what is tested. */
export default function setup(): void {
  buildPack();
  buildProgram();
}
