import { age } from "../backup/state";
import type { SiteSeen } from "./seen";

export function holdersOf({ machines }: SiteSeen): string[] {
  return Object.entries(machines).flatMap(([name, seen]) => (seen.answers && seen.holdsAddress ? [name] : []));
}

export function newestBackup({ machines }: SiteSeen): { known: boolean; time?: string; failed?: string } {
  const told = Object.values(machines).flatMap((seen) => (seen.answers && seen.backup ? [seen.backup] : []));
  const time = told
    .flatMap((backup) => backup.time ?? [])
    .sort()
    .at(-1);
  const failed = told.find((backup) => backup.failed !== undefined)?.failed;
  return { known: told.length > 0, ...(time && { time }), ...(failed && { failed }) };
}

export function ago({ at }: SiteSeen, time: string): string {
  return age(Math.max(0, (Date.parse(at) - Date.parse(time)) / 1000));
}

export function up({ stack }: SiteSeen): string {
  return `pulumi up --stack ${stack}`;
}
