/** Where things lie on a machine. */
export const paths = {
  pki: "/etc/kubernetes/pki",
  kubeadm: "/etc/kubernetes/kubeadm.yaml",
  clusterRoles: "/etc/kubernetes/cluster-roles.yaml",
  kubeProxy: "/etc/kubernetes/kube-proxy.yaml",
  /** What kube-proxy on this machine reads; its pod has it as /var/lib/kube-proxy. */
  kubeProxyFolder: "/etc/kubernetes/kube-proxy",
  kubeRouter: "/etc/kubernetes/kube-router.yaml",
  patches: "/etc/kubernetes/patches",
  /** Configuration files of the API server, mounted into it as one folder. */
  apiServer: "/etc/kubernetes/apiserver",
  audit: "/var/log/kubernetes/audit",
  resolvConf: "/etc/kubernetes/resolv.conf",
  kubelet: "/var/lib/kubelet",
  criSocket: "unix:///run/containerd/containerd.sock",
  etcd: "/etc/etcd",
  etcdPki: "/etc/etcd/pki",
  etcdData: "/var/lib/etcd",
} as const;
