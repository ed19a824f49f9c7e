/** What an OVF descriptor says of a disk. */
export interface OvfDisk {
  /** The machine's name, until somebody gives it another one. */
  name: string;
  /** The file beside the descriptor. */
  file: string;
  fileBytes: number;
  capacityBytes: number;
  /** VMware's name of the guest's system: `debian12_64Guest`. */
  guest: string;
  version: string;
}

/** A part of a virtual machine's hardware: DMTF's fields, whose `ResourceType` numbers are DMTF's, and VMware's words in them. */
type Item = Record<string, string | number | boolean>;

const hardware: Item[] = [
  { ResourceType: 3, ElementName: "2 virtual CPUs", AllocationUnits: "hertz * 10^6", VirtualQuantity: 2 },
  { ResourceType: 4, ElementName: "4096 MB of memory", AllocationUnits: "byte * 2^20", VirtualQuantity: 4096 },
  { ResourceType: 6, ElementName: "SCSI controller 0", Address: 0, ResourceSubType: "VirtualSCSI" },
  { ResourceType: 17, ElementName: "Hard disk 1", HostResource: "ovf:/disk/system", Parent: 3, AddressOnParent: 0 },
  {
    ResourceType: 10,
    ElementName: "Network adapter 1",
    ResourceSubType: "VmxNet3",
    Connection: "VM Network",
    AutomaticAllocation: true,
  },
];

/** The descriptor of a machine with that disk: UEFI, pvscsi, one vmxnet3 card. Clones get their own CPUs, memory and size of disk. */
export function ovfDescriptor({ name, file, fileBytes, capacityBytes, guest, version }: OvfDisk): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References>
    <File ovf:href="${file}" ovf:id="disk" ovf:size="${fileBytes}"/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:capacity="${capacityBytes}" ovf:capacityAllocationUnits="byte" ovf:diskId="system" ovf:fileRef="disk" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Networks</Info>
    <Network ovf:name="VM Network">
      <Description>The machines' network</Description>
    </Network>
  </NetworkSection>
  <VirtualSystem ovf:id="${name}">
    <Info>A virtual machine</Info>
    <Name>${name}</Name>
    <OperatingSystemSection ovf:id="96" vmw:osType="${guest}">
      <Info>The guest's operating system</Info>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${name}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType>
      </System>
${hardware.map(item).join("\n")}
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
    </VirtualHardwareSection>
    <ProductSection>
      <Info>What it is</Info>
      <Product>Groundwork node</Product>
      <Version>${version}</Version>
    </ProductSection>
  </VirtualSystem>
</Envelope>
`;
}

/** Its fields in the order of their names, as their schema asks for. */
function item(fields: Item, i: number): string {
  const lines = Object.entries({ ...fields, InstanceID: i + 1 })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, value]) => `        <rasd:${field}>${value}</rasd:${field}>\n`);
  return `      <Item>\n${lines.join("")}      </Item>`;
}

/** The manifest of an OVF: a line for each file. */
export function ovfManifest(digests: Record<string, string>): string {
  return Object.entries(digests)
    .map(([file, digest]) => `SHA256(${file})= ${digest}\n`)
    .join("");
}
