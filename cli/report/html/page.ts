import type { Report } from "../run";
export function htmlOf(_report: Report): string {
  return "";
}
