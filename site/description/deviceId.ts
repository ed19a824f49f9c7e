/** What tells devices apart: vCenter compares their canonical names without regard to the case of letters. */
export function deviceKey(id: string): string {
  return id.toLowerCase();
}

export function sameDevice(a: string, b: string): boolean {
  return deviceKey(a) === deviceKey(b);
}
