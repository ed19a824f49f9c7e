import { stringify } from "yaml";
import { HELPER_REQUESTS, VOLUMES_FOLDER, VOLUMES_MARK } from "../../../site/description/localVolumes";
import { hardenedContainer } from "../pods";

/** The configuration's files by their names. */
export interface Settings extends Record<string, string> {
  "config.json": string;
  setup: string;
  teardown: string;
  "helperPod.yaml": string;
}

/**
 * What local-path-provisioner is configured by: on which nodes it has a folder, and what makes and empties a volume there. On a node that is
 * not listed it makes none.
 *
 * @param nodes names of the workers with a disk for volumes
 * @param image whose shell the helpers run
 */
export function localVolumesSettings(nodes: readonly string[], image: string): Settings {
  return {
    "config.json": JSON.stringify({
      nodePathMap: [...nodes].sort().map((node) => ({ node, paths: [VOLUMES_FOLDER] })),
    }),
    setup: SETUP,
    teardown: TEARDOWN,
    "helperPod.yaml": stringify(helperPod(image)),
  };
}

/** A volume is its pods' own: whoever runs in them may write there, and on the node nobody gets to it but root. */
const SETUP = `#!/bin/sh
set -eu
if [ ! -e "\${VOL_DIR%/*}/${VOLUMES_MARK}" ]; then
  echo "the disk for volumes is not there; see the machine" >&2
  exit 1
fi
mkdir -p -m 0777 "$VOL_DIR"
`;

const TEARDOWN = `#!/bin/sh
set -eu
rm -rf "$VOL_DIR"
`;

/** Runs for a moment on a volume's node, whatever is wrong with that: root, for folders of anybody's. By the name of its container its words get into the log. */
function helperPod(image: string) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper" },
    spec: {
      priorityClassName: "system-node-critical",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: "helper-pod",
          image,
          imagePullPolicy: "IfNotPresent",
          resources: {
            requests: { cpu: `${HELPER_REQUESTS.milliCpus}m`, memory: `${HELPER_REQUESTS.memoryMiB}Mi` },
            limits: { memory: "64Mi" },
          },
          securityContext: {
            ...hardenedContainer,
            runAsUser: 0,
            capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] },
          },
        },
      ],
    },
  };
}
