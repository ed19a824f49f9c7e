import { drillFolderNow, newSigner, passedDrill } from "./drills";

export const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
export const backup = { encrypted: true, copiedTo: "room-2", last: hoursAgo(1) };

export const encryption = { devices: [1, 2, 3].flatMap((host) => [1, 2].map((n) => `naa.5000c500a00000${host}${n}`)) };

const signer = newSigner();
const drilled = (days: number) => ({ folder: drillFolderNow(passedDrill(days), signer), signers: [signer.publicKey] });
export const drill = drilled(1);
export const staleDrill = drilled(100.5);

/** Settings under which every rule is content. */
export const soundSettings = { backup, drill, encryption };
/** Parameters with which every rule has something to say. */
export const strict = { "disks-encrypted": { unattended: true } };
/** Settings that break every rule that reads some. */
export const brokenSettings = {
  encryption: { devices: encryption.devices.slice(1) },
  backup: { encrypted: false, copiedTo: "esx-1", last: hoursAgo(30.5) },
  drill: staleDrill,
};
