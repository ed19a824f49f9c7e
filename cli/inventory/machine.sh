# What runs on a machine, a line each: kind, name and version, between tabs.
set -u
say() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | head -n 1)"; }
dmi() { tr -d '\n\t' 2>/dev/null <"/sys/class/dmi/id/$1"; }

# shellcheck disable=SC1091
say system "operating system" "$(. /etc/os-release && printf %s "$PRETTY_NAME${VERSION_ID:+ ($VERSION_ID)}")"
say system kernel "$(uname -r)"
[ -z "$(dmi bios_version)" ] || say firmware "BIOS of $(dmi sys_vendor) $(dmi product_name)" "$(dmi bios_version) $(dmi bios_date)"

runs() { systemctl is-active --quiet "$1"; }
if runs ssh || runs sshd; then say software OpenSSH "$(ssh -V 2>&1)"; fi
if runs chrony || runs chronyd; then say software chrony "$(chronyd --version)"; fi
if runs etcd; then say software etcd "$(etcd --version)"; fi
if runs haproxy; then say software HAProxy "$(haproxy -v)"; fi
if runs keepalived; then say software keepalived "$(keepalived --version 2>&1)"; fi
if runs kubelet; then say software kubelet "$(kubelet --version)"; fi
if runs containerd; then
  say software containerd "$(containerd --version)"
  say software runc "$(runc --version)"
  ctr --namespace k8s.io images ls | awk 'NR > 1 {print "image\t" $1 "\t" $3}'
  ctr --namespace k8s.io containers ls | awk 'NR > 1 {print "container\t" $2}'
fi
