import type { TemplatePlace } from "../../sdks/vcenter/template";
import { visibleDatastores } from "../../site/description/datastores";
import { templateOn, templatesOf } from "../../site/description/hypervisors";
import type { SiteSpec } from "../../site/description/spec";
import { unusable } from "../../site/description/unusableInput";

/**
 * Where a site's templates lie: each at the first host whose machines are cloned from it.
 *
 * @param datastores those to choose from; by default the last one of each host, as etcd takes the first
 * @throws UnusableInput if the site has no templates, or a host none of these datastores
 */
export function templatePlaces(spec: SiteSpec, datastores: readonly string[] = []): TemplatePlace[] {
  const names = templatesOf(spec);
  if (names.length === 0)
    throw unusable("hypervisor.kind", "this kind clones no machines", "put the image on the servers yourself");
  return names.flatMap((name) => {
    const host = spec.hosts.find((one) => templateOn(spec, one.name) === name);
    if (host === undefined) return []; // every host has a copy of its own
    const seen = [...visibleDatastores(spec, host.name)];
    const datastore = datastores.length > 0 ? datastores.find((one) => seen.includes(one)) : seen.at(-1);
    if (datastore === undefined)
      throw unusable(
        `hosts ${host.name}`,
        datastores.length > 0 ? `it has no ${datastores.join(", ")}` : "it has no datastore",
        seen.length > 0 ? `name one of ${seen.join(", ")} with --datastore` : "describe one",
      );
    return [{ name, host: host.name, datastore }];
  });
}
