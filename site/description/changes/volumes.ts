import { compared, type Meanings, never, way } from "./meaning";

const GIVEN = way(
  "volumes that were given keep theirs; claims of later get the other, or wait where there is none",
  "change those one by one: `kubectl patch persistentvolume NAME` with its persistentVolumeReclaimPolicy",
);

export const volumesMeanings: Meanings = {
  "addons.localVolumes": way(
    "left out, no more claims get a volume, and none that is deleted is emptied; pods go on with those that they have",
    "delete the claims that are not needed first; the workers keep their disks",
  ),
  "addons.localVolumes.reclaimPolicy": compared(GIVEN),
  "workers[].volumesGiB": never(
    "a disk cannot shrink, and every volume on it would end with it",
    "use at least the size that it has; a pool without gets its disks by its workers being made anew, one at a time",
  ),
};
