import { DOMAIN_KINDS } from "../failureDomains";
import { compared, free, type Meanings, never, oneAtATime, way } from "./meaning";

const inventory = (what: string) =>
  compared(
    way(
      `in another ${what} machines would be made beside those that run`,
      "change only what it is called, here as in vCenter; for another one bring up a site of its own and move over",
    ),
  );
const JUDGED = "The layout is judged by it; machines that run stay where they are.";
const SERVER = "give the other server a name of its own, and take this one out of machines in an `up` of its own";

const CONNECTED = "Machines are connected to the other port group.";
const furtherNetwork: Meanings = {
  "hypervisor.networks[]": oneAtATime("A machine that gets or loses a card leaves, is made anew and joins again."),
  "hypervisor.networks[].name": oneAtATime("As with a network that is left out and one that is new."),
  "hypervisor.networks[].network": oneAtATime(CONNECTED),
  "hypervisor.networks[].distributedSwitch": oneAtATime(CONNECTED),
  "hypervisor.networks[].cidr": free("Machines that run keep their addresses and the prefix length that they have."),
  "hypervisor.networks[].machines": never(
    "a machine that runs cannot change its address; those inside the new range keep theirs",
    "use a range that holds the address of every machine that runs, or give the network another name",
  ),
  "hypervisor.networks[].roles[]": oneAtATime("A machine that gets or loses the card is made anew."),
  "hypervisor.networks[].mtu": free("Machines that run keep theirs; those that are made from now on get the other."),
};

const deviceMeanings = (device: string): Meanings => ({
  [`${device}.id`]: free(
    "The description says by it which machines share a device. Letters' case makes no difference.",
  ),
  [`${device}.media`]: free(JUDGED),
  [`${device}.redundancy`]: free(JUDGED),
  [`${device}.capacityGiB`]: free(JUDGED),
  [`${device}.datastores[]`]: oneAtATime("Machines on one that is left out are made anew elsewhere."),
});

export const hardwareMeanings: Meanings = {
  "hypervisor.kind": compared(
    never("machines of one kind do not become those of another", "bring up a site of its own and move over"),
  ),
  "hypervisor.server": inventory("vCenter"),
  "hypervisor.datacenter": inventory("datacenter"),
  "hypervisor.cluster": inventory("cluster"),
  "hypervisor.template": oneAtATime("Each machine leaves, is made anew from the other template and joins again."),
  "hypervisor.network": oneAtATime(
    "Machines are connected to the other port group; one that is not reached stops the change.",
  ),
  "hypervisor.distributedSwitch": oneAtATime(
    "Machines are connected to the port group of the other switch; one that is not reached stops the change.",
  ),
  ...furtherNetwork,
  "hypervisor.drs": free("Rules are made, or deleted, while machines run."),
  "hypervisor.folder": free("Machines are moved within vCenter's inventory."),
  "hypervisor.macSeed": free("Machines that run keep their addresses; those that are made from now on get the others."),
  "hypervisor.allowUnverifiedSsl": free("It is for the program's own connections."),
  "hosts[]": oneAtATime("Machines on one that is left out are made anew elsewhere; a new one takes what is new."),
  "hosts[].name": oneAtATime("As with a host that is left out and one that is new: its machines are made anew."),
  "hosts[].cpus": free(JUDGED),
  "hosts[].cpuMHz": free("Reservations of CPU follow, while machines run."),
  "hosts[].memoryGiB": free(JUDGED),
  "hosts[].hypervisorMemoryGiB": free(JUDGED),
  "hosts[].reliability": free(JUDGED),
  "hosts[].ecc": free(JUDGED),
  "hosts[].power": free(JUDGED),
  "hosts[].template": free("Machines that are made on it from now on are cloned from there."),
  ...Object.fromEntries(
    DOMAIN_KINDS.map((kind) => [`hosts[].${kind}`, oneAtATime("Nodes are labelled by it; pods stay where they are.")]),
  ),
  "hosts[].devices[]": oneAtATime("Machines on one that is left out are made anew elsewhere."),
  ...deviceMeanings("hosts[].devices[]"),
  "hosts[].devices[].datastore": oneAtATime("Machines on one that is left out are made anew elsewhere."),
  "sharedStorage[]": oneAtATime("Machines on one that is left out are made anew elsewhere."),
  ...deviceMeanings("sharedStorage[]"),
  "sharedStorage[].kind": free(JUDGED),
  "sharedStorage[].hosts[]": free(JUDGED),
  "machines[]": oneAtATime("One that is new joins; one that is left out leaves in good order."),
  "machines[].name": never("a server is known by its name to etcd and to Kubernetes", "keep it"),
  "machines[].role": never("a server keeps what it was made into", SERVER),
  "machines[].pool": oneAtATime("Its labels and taints follow."),
  "machines[].host": free("The layout is judged by it, and its node is labelled by it."),
  "machines[].address": never("a machine that runs cannot change its address", SERVER),
  "machines[].hostKey": oneAtATime("A server with another key is taken for one that was installed anew."),
  "machines[].user": free("It is for the program's own connections."),
  "machines[].cpus": free(JUDGED),
  "machines[].memoryGiB": free(JUDGED),
  "machines[].datastore": free(JUDGED),
};
