/** A stack file as a person writes it: comments, secrets, backups, a placement of its own. */
export const store042 = `# yaml-language-server: $schema=../node_modules/groundwork/docs/stack.schema.json
# The store in Main Street.
encryptionsalt: v1:c2FsdA==:v1:bm9uY2U=:Y2lwaGVy
config:
  # Whoever signs in at the backup's host.
  groundwork:backupSftpKey:
    secure: v1:bm9uY2U=:Y2lwaGVyIG9mIGEga2V5
  groundwork:vsphereUser: svc-groundwork
  groundwork:site:
    name: store-042 # as on the door
    hypervisor: {kind: vsphere, server: vc.example, datacenter: DC0, cluster: C0, template: groundwork-node, network: VM Network}
    # Three of a kind.
    hosts:
${[1, 2, 3]
  .map(
    (n) => `      - name: esx-${n}
        cpus: 16
        memoryGiB: 128
        devices:
          - {id: naa.e5c${n}1, media: ssd, datastore: esx-${n}-a}
          - {id: naa.e5c${n}2, media: ssd, datastore: esx-${n}-b}
`,
  )
  .join("")}    network:
      cidr: 10.0.42.0/24
      gateway: 10.0.42.1
      apiVip: 10.0.42.5 # in DNS as api.store-042
      machines: 10.0.42.10-10.0.42.60
      nameservers: [10.0.42.1, 192.0.2.53]
    kubernetes: {version: 1.36.3}
    workers:
      - {name: general, count: 2, cpus: 4, memoryGiB: 16}
    overrides:
      - {machine: store-042-general-a, host: esx-3, reason: it is beside the printer}
    backup:
      recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]
      targets:
        - {kind: sftp, host: backup.example, user: backup, path: backups/store-042, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIGbZjCQnzyG0UvmmTPXjUwNNfvxfWyJfnOEMj2kFT8e}
        - {kind: s3, endpoint: "https://s3.example", bucket: all-stores}
`;

export const RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/** What `groundwork discover` prints of two larger hosts. */
export const twoHosts = `# Read from VMware vCenter Server 8.0.3.
hosts:
  - name: box-1
    cpus: 32
    memoryGiB: 256
    devices:
      # box-1-a (datastore-11) -> VMFS
      - {id: naa.b0c11, media: nvme, redundancy: none, datastore: box-1-a}
      - {id: naa.b0c12, media: nvme, redundancy: none, datastore: box-1-b}
  - name: box-2
    cpus: 32
    memoryGiB: 256
    devices:
      - {id: naa.b0c21, media: nvme, redundancy: none, datastore: box-2-a}
`;
