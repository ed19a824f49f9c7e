import { join } from "node:path";
import { specOf } from "../backup/running";
import { type Project, stackFile } from "../report/project";
import { lookAt } from "./look";
import type { Status } from "./model";

/**
 * How a site of a project is, asked once.
 *
 * @throws NoSite if nothing is up in its stack; UnusableInput if its description or its state cannot be read
 */
export async function statusNow(
  project: Project,
  stack: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Status> {
  const configFile = join(project.folder, stackFile(project, stack));
  const look = await lookAt({ folder: project.folder, stack, configFile, env }, specOf({ stack, configFile }));
  return look();
}
