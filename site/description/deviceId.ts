/**
 * What tells devices apart: vCenter compares their canonical names without regard to the case of letters, and Linux calls a disk by the
 * same digits behind words of its own: `naa.5000c500a1b2c3d4` is `wwn-0x5000c500a1b2c3d4` and `/dev/disk/by-id/wwn-0x5000c500a1b2c3d4`.
 */
export function deviceKey(id: string): string {
  return id
    .toLowerCase()
    .replace(/^\/dev\/disk\/by-id\//, "")
    .replace(/^(?:wwn-)?0x/, "naa.")
    .replace(/^nvme-eui\./, "eui.");
}

export function sameDevice(a: string, b: string): boolean {
  return deviceKey(a) === deviceKey(b);
}

const FROM_THE_HOST = "use the canonical disk name as the host tells it, for example";

/**
 * Families of names that have a form of their own, what follows their prefix, and what to do if something else does. Digits of an
 * identifier are whole bytes: 8 or 16 of NAA and NVMe, 12 too of EUI-64 (SPC-4, 7.8.6).
 */
const FAMILIES: readonly { prefix: RegExp; form: RegExp; fact: string; fix: string }[] = [
  {
    prefix: /^(?:naa\.|wwn-0x|0x)/,
    form: /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/,
    fact: "has 16 or 32 hexadecimal digits",
    fix: `${FROM_THE_HOST} naa.5000c500a1b2c3d4`,
  },
  {
    prefix: /^(?:nvme-)?eui\./,
    form: /^(?:[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32})$/,
    fact: "has 16, 24 or 32 hexadecimal digits",
    fix: `${FROM_THE_HOST} eui.0025385391b0a1c2`,
  },
  {
    prefix: /^vml\./,
    form: /^[0-9a-f]+$/,
    fact: "has hexadecimal digits",
    fix: `${FROM_THE_HOST} naa.5000c500a1b2c3d4`,
  },
  {
    prefix: /^mpx\./,
    form: /^vmhba\d{1,5}:c\d{1,5}:t\d{1,5}:l\d{1,5}$/,
    fact: "has adapter, channel, target and LUN",
    fix: `${FROM_THE_HOST} mpx.vmhba0:C0:T0:L0`,
  },
  { prefix: /^t10\./, form: /./, fact: "has vendor and model", fix: `${FROM_THE_HOST} t10.NVMe____Dell_Express_Flash` },
];

/** Whether this is a word to plan with before the hardware is there, such as `1` or `esx-1-a`, and no identifier with a slip. */
function isStandIn(rest: string): boolean {
  const digits = rest.match(/[0-9a-f]/g)?.length ?? 0;
  const isAlmost = [16, 24, 32].some((length) => Math.abs(rest.length - length) <= 2) && rest.length - digits <= 2;
  return /^[a-z0-9][a-z0-9-]*$/.test(rest) && !isAlmost;
}

const STAYS =
  "use a name that stays with the disk, for example naa.5000c500a1b2c3d4 or /dev/disk/by-id/wwn-0x5000c500a1b2c3d4";

/** Why a name can be no disk's: a fact and a fix. None of a name of another form, which may be anything. */
export function deviceIdFault(id: string): { fact: string; fix: string } | undefined {
  const name = id.slice(id.lastIndexOf("/") + 1).toLowerCase();
  if (/^\/dev\/disk\/by-(?:id|path)\/.*-part\d+$/i.test(id) || /^\/dev\/disk\/by-part/i.test(id))
    return {
      fact: `${id} is a partition, and fails with the rest of its disk`,
      fix: "name the whole disk, and list a device once",
    };
  if (/^(?:(?:sd|hd|vd|xvd)[a-z]{1,2}\d*|(?:nvme\d+n|mmcblk|dm-)\d+(?:p\d+)?)$/.test(name) && !id.includes("/disk/"))
    return { fact: `${id} is what the machine calls it until it starts again`, fix: STAYS };
  const family = FAMILIES.find(({ prefix }) => prefix.test(name));
  const [prefix = ""] = family?.prefix.exec(name) ?? [];
  const rest = name.slice(prefix.length);
  return family === undefined || family.form.test(rest) || isStandIn(rest)
    ? undefined
    : { fact: `${id} is no disk's name: what begins with ${prefix} ${family.fact}`, fix: family.fix };
}
