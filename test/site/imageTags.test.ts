import { describe, expect, test } from "vitest";
import type { Facts } from "../../site/facts/model";
import { imageTags } from "../../site/judge/rules/images";

function refused(image: string): boolean {
  const workload = { path: "it", containers: [{ name: "app", init: false, image }] };
  return imageTags.check({ objects: { workloads: [workload] } } as unknown as Facts).length > 0;
}

describe("F15: which tags move is told by their form", () => {
  test.each([
    ...[
      "registry.corp.example:5000/shop/app:3f9c2b1d",
      "images.corp.example/corp/app:sha-3f9c2b1",
      "app:v1.2-5-g3f9c2b1",
    ],
    ...["app:build-1482", "app:b1482", "app:20260601", "debian:bookworm-20260601-slim", "app:2026.06.01-12"],
    ...["minio:RELEASE.2026-06-01T00-00-00Z", "app:main-20260601T1230", "app:v1.2.3-eks-1-29-3", "app:jdk-21.0.4_7"],
    ...["app:1.4.2", "app:v1.36.3", "app:1.27.3-alpine", "app:1.0.0-rc.1", "etcd:3.6.5-0", "app:latest@sha256:0123"],
  ])("%s stays", (image) => expect(refused(image)).toBe(false));

  test.each([
    ...[
      "registry.corp.example:5000/shop/app",
      "app:latest",
      "app:1",
      "app:v2",
      "nginx:1.27-alpine",
      "app:alpine",
      "app:facade",
    ],
    ...[
      "app:stable-1.4",
      "app:1.4.0-SNAPSHOT",
      "app:nightly-2026.11",
      "app:release-2026.06",
      "app:1.4.0-dev",
      "app:main-1.4.0",
    ],
    ...["app:2026", "app:edge", "app:1.4.x", "app:pr-123", "app:3f9c2b1d-dirty", "app:1.4.2-latest"],
  ])("%s moves", (image) => expect(refused(image)).toBe(true));
});
