# What lies on the disk of a worker that leaves, in volumes that claims have or had: it ends with the disk, so nothing is deleted before somebody
# has let go of it. The header sets VOLUMES_FOLDER.
# shellcheck shell=bash

# volumes_of NODE: `volume namespace/claim` a line.
volumes_of() {
  cluster get persistentvolumes --no-headers \
    --output 'custom-columns=A:.metadata.name,B:.spec.claimRef.namespace,C:.spec.claimRef.name,D:.spec.local.path,E:.spec.hostPath.path,F:.spec.nodeAffinity.required.nodeSelectorTerms[*].matchExpressions[*].values[*]' |
    awk -v node="$1" -v folder="$VOLUMES_FOLDER/" '$6 == node && (index($4, folder) == 1 || index($5, folder) == 1) { print $1, $2 "/" $3 }'
}

# Before the node is drained: pods that use them go on.
volumes_let_go() {
  local held
  held=$(volumes_of "$MACHINE")
  [[ -z $held ]] ||
    fail "it holds volumes, which end with its disk: $(awk '{ printf "%s%s (claim %s)", sep, $1, $2; sep = ", " }' <<<"$held"); \`kubectl cordon $MACHINE\`, move what lies there to another worker, delete these claims and then what is left of these volumes (\`kubectl delete persistentvolume NAME\`), and run \`pulumi up\` again. If the disk is lost already, that is all there is to do"
}
