# Debian 12's cloud-init, unpacked into a folder and run from there.
# shellcheck shell=bash
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh

# unpack_cloud_init FOLDER: afterwards `cloud_python` is Debian's Python with that cloud-init and what it needs.
unpack_cloud_init() {
  needs_debian python3-minimal 3.11.2-1+b1
  unpack_debian "$1" cloud-init=22.4.2-1+deb12u4 python3-yaml=6.0-3+b2 libyaml-0-2 python3-jinja2 python3-markupsafe python3-jsonschema \
    python3-attr python3-pyrsistent python3-configobj python3-six python3-oauthlib python3-requests python3-urllib3 \
    python3-certifi python3-chardet python3-idna python3-charset-normalizer python3-jsonpatch python3-json-pointer \
    python3-netifaces python3-debconf python3-distutils
  cloud_init_modules=$1/usr/lib/python3/dist-packages
}

cloud_python() { PYTHONPATH=$cloud_init_modules /usr/bin/python3 "$@"; }

# render_network FILE RENDERER FOLDER: what cloud-init makes of a network configuration on a machine with the card ens192.
render_network() {
  cloud_python -m cloudinit.cmd.main devel net-convert --network-data "$1" --kind yaml --directory "$3" --distro debian \
    --mac ens192,00:50:56:0a:0b:0c --output-kind "$2" 2>&1
}
